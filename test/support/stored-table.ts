import { sha256 } from '../../lambda/adapters/sha256.ts';
import { formatSecond, type Instant, parseSecond } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { SEAL_PARTITION } from '../../lambda/core/partitions.ts';
import type { Seal, SealedItem } from '../../lambda/core/seal.ts';
import { decodeSeal, encodeSeal } from '../../lambda/core/seal-item.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import type { SealableLedger } from '../../lambda/sealer/ports.ts';
import { sealDays } from '../../lambda/sealer/seal-days.ts';

/** A table in memory: to seal, to change behind the ledger's back, and to verify. */
export class StoredTable implements SealableLedger {
  readonly #partitions = new Map<string, Map<string, SealedItem>>();
  readonly #begins: Instant;

  constructor(begins: Instant, items: readonly SealedItem[] = []) {
    this.#begins = begins;
    for (const item of items) this.put(item);
  }

  /** Stores an item whatever is there. */
  put(item: SealedItem): void {
    const { account: { S: partition = '' } = {}, slot: { S: slot = '' } = {} } = item;
    const slots = this.#partitions.get(partition) ?? new Map<string, SealedItem>();
    this.#partitions.set(partition, slots.set(slot, item));
  }

  delete(item: SealedItem): void {
    this.#partitions.get(item['account']?.S ?? '')?.delete(item['slot']?.S ?? '');
  }

  /** Everything in a partition, in order of slot. */
  all(partition: string): SealedItem[] {
    return [...(this.#partitions.get(partition) ?? [])]
      .sort(([a], [b]) => byCodeOrder(a, b))
      .map(([, item]) => item);
  }

  beginning = () => Promise.resolve(this.#begins);
  partitions = () =>
    Promise.resolve([...this.#partitions.keys()].filter((name) => name !== SEAL_PARTITION).sort(byCodeOrder));
  items = (partition: string, from: Instant, to: Instant) =>
    Promise.resolve(
      this.all(partition).filter(
        ({ slot: { S = '' } = {} }) => formatSecond(from) <= S && S < formatSecond(to),
      ),
    );
  newestSeal = (day: Instant) =>
    Promise.resolve(this.#seals().findLast((item) => (parseSecond(item['slot']?.S ?? '') ?? 0) <= day)).then(
      (item) => item && decodeSeal(item).value,
    );
  putSeal = async (seal: Seal) => {
    this.put(encodeSeal(seal));
    return seal;
  };

  /** Seals as a run of this time does. */
  async seal(at: Instant, timeZone: TimeZone = 'UTC'): Promise<void> {
    const parts = { ledger: this, clock: { now: () => at }, sha256, log: () => undefined };
    await sealDays(at, { timeZone, writer: '0.1.0' }, parts);
  }

  #seals(): SealedItem[] {
    return this.all(SEAL_PARTITION);
  }

  /** The table as `verify` sees it. */
  get stored(): StoredLedger {
    const seals = this.#seals();
    return {
      partitions: this.partitions,
      items: this.items,
      oldest: (partition) => Promise.resolve(this.all(partition)[0]),
      async *seals(from) {
        for (const item of seals) {
          const slot = item['slot']?.S ?? '';
          if (from !== undefined && slot < formatSecond(from)) continue;
          const { value, problem } = decodeSeal(item);
          yield value ?? { slot, problem: problem ?? '' };
        }
      },
    };
  }
}
