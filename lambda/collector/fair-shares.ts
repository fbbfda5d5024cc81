import pLimit from 'p-limit';

/** Runs a task when it has its turn. */
export type Limit = <T>(task: () => Promise<T>) => Promise<T>;

/**
 * A limit on concurrent tasks over several groups, with an equal share for each group that is not done. A group whose every
 * task hangs fills its own share and delays no other; when a group is done, the others get its share. A share is kept while
 * its group waits: if it were lent out meanwhile, a group that came back would wait for others' calls or exceed the total.
 */
export class FairShares {
  readonly #total: number;
  readonly #groups = new Set<ReturnType<typeof pLimit>>();

  /** @param total how many tasks run concurrently, in all groups together; each group has at least one. */
  constructor(total: number) {
    this.#total = total;
  }

  /**
   * Lets a group work under its share until `work` is done, waits included. Enter all groups in the same turn: one that comes
   * later takes its share from groups that may have filled theirs.
   */
  async enter<T>(work: (limit: Limit) => Promise<T>): Promise<T> {
    const group = pLimit(this.#total);
    this.#groups.add(group);
    try {
      // Those that enter in the same turn are all counted before any of them begins.
      await Promise.resolve();
      this.#divide();
      return await work(group);
    } finally {
      this.#groups.delete(group);
      this.#divide();
    }
  }

  #divide(): void {
    const share = Math.max(1, Math.floor(this.#total / this.#groups.size));
    for (const group of this.#groups) group.concurrency = share;
  }
}
