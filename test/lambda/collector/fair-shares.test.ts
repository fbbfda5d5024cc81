import { describe, expect, it } from 'vitest';
import { FairShares, type Limit } from '../../../lambda/collector/fair-shares.ts';

/** Groups of tasks that run until they are told to end. */
class Groups {
  readonly #shares: FairShares;
  /** The running tasks of each group, by how to end them. */
  readonly #running = new Map<string, (() => void)[]>();
  most = 0;

  constructor(total: number) {
    this.#shares = new FairShares(total);
  }

  /** Lets a group begin this many tasks. */
  enter(name: string, tasks: number): Promise<unknown> {
    this.#running.set(name, []);
    return this.#shares.enter((limit) =>
      Promise.all(Array.from({ length: tasks }, () => this.#task(name, limit))),
    );
  }

  running(name: string): number {
    return this.#running.get(name)?.length ?? 0;
  }

  /** Ends one task of a group. */
  end(name: string): void {
    this.#running.get(name)?.shift()?.();
  }

  #task(name: string, limit: Limit): Promise<void> {
    return limit(
      () =>
        new Promise((resolve) => {
          this.#running.get(name)?.push(resolve);
          const all = [...this.#running.values()].reduce((sum, { length }) => sum + length, 0);
          this.most = Math.max(this.most, all);
        }),
    );
  }
}

const settled = () => new Promise(setImmediate);

describe('fair shares', () => {
  it('give one group all there is', async () => {
    const groups = new Groups(16);
    void groups.enter('a', 40);
    await settled();
    expect(groups.running('a')).toBe(16);
  });

  it.each([
    [2, 8],
    [3, 5],
    [4, 4],
  ])('give each of %i groups that begin together %i, and never more than the total', async (count, share) => {
    const groups = new Groups(16);
    const names = Array.from({ length: count }, (_, index) => `group ${index}`);
    for (const name of names) void groups.enter(name, 40);
    await settled();
    expect(names.map((name) => groups.running(name))).toEqual(names.map(() => share));
    for (let round = 0; round < 20; round += 1) {
      for (const name of names) groups.end(name);
      await settled();
    }
    expect(groups.most).toBe(count * share);
  });

  it('let a group whose every task hangs delay no other', async () => {
    const groups = new Groups(4);
    void groups.enter('hangs', 40);
    const other = groups.enter('works', 40);
    await settled();
    for (let task = 0; task < 40; task += 1) {
      groups.end('works');
      await settled();
    }
    await other;
    expect(groups.running('works')).toBe(0);
  });

  it('give the share of a group that is done to the others, even if it failed', async () => {
    const shares = new FairShares(4);
    const groups = new Groups(4);
    const short = groups.enter('short', 1);
    void groups.enter('long', 40);
    await settled();
    expect(groups.running('long')).toBe(2);
    groups.end('short');
    await short;
    await settled();
    expect(groups.running('long')).toBe(4);

    const failing = shares.enter(async () => Promise.reject(new Error('failed')));
    let running = 0;
    void shares.enter((limit) =>
      Promise.all(
        Array.from({ length: 9 }, () =>
          limit(() => {
            running += 1;
            return new Promise(() => undefined);
          }),
        ),
      ),
    );
    await expect(failing).rejects.toThrow('failed');
    await settled();
    expect(running).toBe(4);
  });

  it('are taken back from a group as its tasks end, when another begins', async () => {
    const groups = new Groups(4);
    void groups.enter('early', 40);
    await settled();
    void groups.enter('late', 40);
    await settled();
    expect([groups.running('early'), groups.running('late')]).toEqual([4, 2]);
    for (const running of [3, 2, 2]) {
      groups.end('early');
      await settled();
      expect(groups.running('early')).toBe(running);
    }
  });

  it('give each group at least one, even if there are more groups than the total', async () => {
    const groups = new Groups(2);
    const names = ['a', 'b', 'c', 'd'];
    const all = names.map((name) => groups.enter(name, 3));
    for (let task = 0; task < 3; task += 1) {
      await settled();
      expect(names.map((name) => groups.running(name))).toEqual([1, 1, 1, 1]);
      for (const name of names) groups.end(name);
    }
    await Promise.all(all);
  });
});
