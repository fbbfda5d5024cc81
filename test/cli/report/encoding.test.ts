import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeRecord, encodeRecord } from '../../../cli/report/encoding.ts';
import { holdingAt, type ReportRecord } from '../../../cli/report/record.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { byCodeOrder } from '../../../lambda/core/order.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { failure, line, snapshot } from '../../support/memory-ledger.ts';
import { accountOf, BEGIN, HOSTILE, marchEntries, plain, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

/** What each snapshot of the only account lists. */
function balancesIn(record: ReportRecord) {
  const { moments, end, currencies } = accountOf(record);
  return [...moments, ...end].flatMap((moment) => {
    if (moment.kind !== 'snapshot') return [];
    const lines = [...currencies].flatMap(([currency, column]) => {
      const holding = holdingAt(column, moment.index);
      return holding === undefined ? [] : [{ currency, ...holding }];
    });
    return [lines];
  });
}

describe('the data of a report', () => {
  it('survives encoding and decoding', () => {
    expect(plain(decodeRecord(encodeRecord(march)))).toEqual(plain(march));
  });

  it('survives encoding and decoding for any outcomes and holdings', async () => {
    const amount = fc.bigInt(0n, 10n ** 20n).map((units) => `${units}e-8`);
    const outcome = fc.oneof(
      fc.constant('missing' as const),
      fc.record({ code: fc.constantFrom('late', 'upbit.timeout'), detail: fc.string() }),
      fc.record({
        delay: fc.nat(60_000),
        manual: fc.boolean(),
        held: fc.uniqueArray(
          fc.record({
            currency: fc.constantFrom('A', 'B', HOSTILE, '\u2028'),
            available: amount,
            locked: amount,
            average: amount,
            unit: fc.constantFrom('USDT', 'SGD'),
            avgBuyPriceModified: fc.boolean(),
          }),
          { selector: ({ currency }) => currency },
        ),
      }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(outcome, { maxLength: 40 }), async (outcomes) => {
        const entries = outcomes.flatMap((what, index): Entry[] => {
          const slot = BEGIN + index * HOUR;
          if (what === 'missing') return [];
          if ('code' in what) return [failure('sg/main', slot, what.code, { detail: what.detail })];
          const lines = what.held.map(({ currency, available, locked, average, unit, ...more }) => ({
            ...line(currency, available, locked, average, unit),
            ...more,
          }));
          const { delay, manual } = what;
          return [snapshot('sg/main', slot, lines, { observedAt: slot + delay, manual })];
        });
        const record = await recordOf(entries, ['sg/main']);
        expect(plain(decodeRecord(encodeRecord(record)))).toEqual(plain(record));
        const held = entries.flatMap((entry) => ('balances' in entry ? [entry.balances] : []));
        const sorted = held.map((lines) => lines.toSorted((a, b) => byCodeOrder(a.currency, b.currency)));
        expect(balancesIn(record)).toEqual(sorted);
      }),
      { numRuns: 60 },
    );
  });

  it('cannot end the element that contains it', () => {
    const hostile = encodeRecord({ ...march, label: '</script><!--\u2028&' });
    expect(hostile).not.toMatch(/[<>&\u2028\u2029]/);
    expect(decodeRecord(hostile).label).toBe('</script><!--\u2028&');
  });

  it('stores repetition once: a month of hourly slots of an unchanged account is a few hundred bytes', async () => {
    const entries = marchEntries().filter(({ account }) => account === 'th/main');
    const { accounts } = await recordOf(entries, ['th/main']);
    const withoutDelays = encodeRecord({ ...march, accounts }).replace(/"delays":\[[^\]]*\]/, '');
    expect(withoutDelays.length).toBeLessThan(600);
  });
});
