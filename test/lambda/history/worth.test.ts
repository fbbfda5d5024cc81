import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { Snapshot } from '../../../lambda/core/snapshot.ts';
import { PriceBook } from '../../../lambda/history/price-book.ts';
import { type Worth, worthOf } from '../../../lambda/history/worth.ts';
import { line, memoryLedger, sheet, snapshot, time } from '../../support/memory-ledger.ts';

const SLOT = time('2026-10-31T00:00:00Z');

async function worths(
  snapshots: readonly Snapshot[],
  isWanted?: (currency: string) => boolean,
): Promise<Worth[]> {
  const prices = Array.from({ length: 250 }, (_, hour) =>
    sheet('sg', SLOT + hour * HOUR, { 'SGD-BTC': String(64_000 + hour) }),
  ).filter(({ slot }) => slot !== SLOT + HOUR);
  const book = new PriceBook(memoryLedger(EMPTY_CATALOG, [], prices));
  const found: Worth[] = [];
  for await (const worth of worthOf(
    snapshots.map((one) => ({ snapshot: one })),
    book,
    'SGD',
    isWanted,
  ))
    found.push(worth);
  return found;
}

describe('the worth of snapshots', () => {
  it('is given in the order of the snapshots, each by the prices of its own slot', async () => {
    const snapshots = Array.from({ length: 250 }, (_, hour) => snapshot('sg/main', SLOT + hour * HOUR));
    const found = await worths(snapshots);
    expect(found.map((worth) => worth.snapshot)).toEqual(snapshots);
    const values = found.map(({ sum }) => sum.value && formatDecimal(sum.value));
    expect([values[0], values[1], values[2], values[249]]).toEqual(['64000', undefined, '64002', '64249']);
    expect(found.filter(({ hasPrices }) => !hasPrices).map(({ snapshot: { slot } }) => slot)).toEqual([
      SLOT + HOUR,
    ]);
  });

  it('reads the prices of a hundred snapshots at a time, while those after them are not yet read', async () => {
    const asked: number[] = [];
    const ledger = memoryLedger(EMPTY_CATALOG, []);
    const book = new PriceBook({
      ...ledger,
      prices: (region, slots) => {
        asked.push(slots.length);
        return ledger.prices(region, slots);
      },
    });
    let given = 0;
    async function* snapshots() {
      for (let hour = 0; hour < 250; hour += 1) {
        given += 1;
        yield { snapshot: snapshot('sg/main', SLOT + hour * HOUR) };
      }
    }
    const worths = worthOf(snapshots(), book, 'SGD');
    await worths.next();
    expect([given, asked]).toEqual([100, [100]]);
    for await (const _ of worths) void _;
    expect(asked).toEqual([100, 100, 50]);
  });

  it('counts only the currencies that were asked for', async () => {
    const two = snapshot('sg/main', SLOT, [line('BTC', '2'), line('SGD', '7')]);
    const [all] = await worths([two]);
    const [one] = await worths([two], (currency) => currency === 'SGD');
    expect([all?.sum.value, one?.sum.value].map((value) => value && formatDecimal(value))).toEqual([
      '128007',
      '7',
    ]);
    expect(one?.holdings).toHaveLength(1);
  });
});
