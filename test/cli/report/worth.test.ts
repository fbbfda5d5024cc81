import Big from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../../cli/report/encoding.ts';
import { pointsOf } from '../../../cli/report/page/worth-points.ts';
import { answerAt } from '../../../cli/report/page/worth-readout.ts';
import { isHole } from '../../../cli/report/record.ts';
import { sumOfWorths, unitsIn, worthOf } from '../../../cli/report/worth.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { line, sheet, snapshot } from '../../support/memory-ledger.ts';
import {
  accountOf,
  BEGIN,
  HOURLY,
  marchEntries,
  marchSheets,
  recordOf,
} from '../../support/report-record.ts';

const march = await recordOf(marchEntries(), undefined, undefined, undefined, 0, marchSheets());

const amount = fc.bigInt(0n, 10n ** 22n).map((units) => new Big(String(units)).div('1e8').toFixed());
const price = fc.bigInt(1n, 10n ** 14n).map((units) => new Big(String(units)).div('1e6').toFixed());

describe('the worth of a snapshot in a page', () => {
  it('is the sum of held × price, to the last digit, as an independent library computes it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(amount, amount, price, price), { minLength: 1, maxLength: 6 }),
        fc.array(fc.tuple(amount, price), { minLength: 1, maxLength: 4 }),
        price,
        async (ours, theirs, sgdOfUsdt) => {
          const entries = [
            snapshot(
              'sg/main',
              BEGIN,
              ours.map(([free, locked], place) => line(`C${place}`, free, locked)),
            ),
            snapshot(
              'th/main',
              BEGIN,
              theirs.map(([free], place) => line(`D${place}`, free)),
            ),
          ];
          const direct = ours.map(([, , its], place) => [`USDT-C${place}`, its]);
          const inSgd = ours.map(([, , , its], place) => [`SGD-C${place}`, its]);
          const thai = theirs.map(([, its], place) => [`USDT-D${place}`, its]);
          const sheets = [
            sheet('sg', BEGIN, { ...Object.fromEntries([...direct, ...inSgd]), 'SGD-USDT': sgdOfUsdt }),
            sheet('th', BEGIN, Object.fromEntries(thai)),
          ];
          const range = { from: BEGIN, to: BEGIN + HOUR };
          const made = await recordOf(entries, ['sg/main', 'th/main'], [HOURLY], range, 0, sheets);
          const record = decodeRecord(encodeRecord(made));
          const [point] = pointsOf(record, record.accounts);
          if (point === undefined) throw new Error('there is no point');
          const sumIn = (unit: string) => {
            const { value } = answerAt(record, point, { unit, who: '', currency: undefined, isExact: true });
            return value && formatDecimal(value);
          };
          const held = ours.map(([free, locked]) => new Big(free).plus(locked));
          const sum = (parts: readonly Big[]) => parts.reduce((so, part) => so.plus(part), new Big(0));
          const [ofOurs, ofTheirs] = [
            sum(ours.map(([, , its], place) => (held[place] ?? new Big(0)).times(its))),
            sum(theirs.map(([free, its]) => new Big(free).times(its))),
          ];
          expect(sumIn('USDT')).toBe(ofOurs.plus(ofTheirs).toFixed());
          const ofOursInSgd = sum(ours.map(([, , , its], place) => (held[place] ?? new Big(0)).times(its)));
          const theirsInSgd = sum(
            theirs.map(([free, its]) => new Big(free).times(new Big(its).times(sgdOfUsdt))),
          );
          expect(sumIn('SGD')).toBe(ofOursInSgd.plus(theirsInSgd).toFixed());
        },
      ),
      { numRuns: 40 },
    );
  });

  it('lacks what has no price, and names it; prices of another slot are never taken', () => {
    const account = accountOf(march);
    const taken = account.moments.flatMap((moment) => (moment.kind === 'snapshot' ? [moment] : []));
    const at = (slot: number) => {
      const snapshotThen = taken.find((one) => one.slot === slot);
      if (snapshotThen === undefined) throw new Error('no snapshot');
      return worthOf(march, account, snapshotThen, 'SGD');
    };
    const known = at(BEGIN);
    expect([known.sum.unpriced, known.priceless]).toEqual([['<img src=x onerror=alert(1)>'], []]);
    const unpriced = at(BEGIN + 5 * 24 * HOUR);
    expect([unpriced.sum.value, unpriced.priceless]).toEqual([undefined, ['sg']]);
    expect(sumOfWorths([known, unpriced]).value).toEqual(known.sum.value);
  });

  it('tells how long ago a market was traded', () => {
    const account = accountOf(march);
    const first = account.moments.find((moment) => moment.kind === 'snapshot');
    if (first?.kind !== 'snapshot') throw new Error('no snapshot');
    const xrp = worthOf(march, account, first, 'SGD').holdings.find(
      ({ balance }) => balance.currency === 'XRP',
    );
    expect([xrp?.way?.via, [...(xrp?.way?.stale ?? [])]]).toEqual([
      'SGD-USDT × USDT-XRP',
      [['SGD-USDT', first.slot - 5 * HOUR]],
    ]);
  });
});

describe('the units of a page', () => {
  it('are those that the prices lead to, and the one that was asked for', () => {
    expect(unitsIn(march)).toEqual(['SGD', 'THB', 'USDT', 'BTC']);
    expect(unitsIn({ ...march, unit: 'IDR' })).toEqual(['IDR', 'SGD', 'THB', 'USDT', 'BTC']);
  });
});

describe('the record of a page', () => {
  it('has no prices for slots without a snapshot', async () => {
    const slots = new Set(
      march.accounts.flatMap(({ moments }) => moments.filter((one) => !isHole(one)).map(({ slot }) => slot)),
    );
    for (const { slots: priced } of march.prices.values())
      expect(priced.filter((slot) => !slots.has(slot))).toEqual([]);
    const thinned = await recordOf(marchEntries(), undefined, undefined, undefined, 8 * HOUR, marchSheets());
    expect(thinned.interval).toBe(8 * HOUR);
    const shown = new Set(
      thinned.accounts.flatMap(({ moments }) =>
        moments.filter(({ kind }) => kind === 'snapshot').map(({ slot }) => slot),
      ),
    );
    expect(thinned.prices.get('th')?.slots).toEqual([...shown].sort((a, b) => a - b));
  });
});
