import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gather } from '../../../cli/report/gather.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import type { Found } from '../../../lambda/core/snapshot.ts';
import { slots } from '../../../lambda/history/slots.ts';
import { catalogOf, failure, memoryLedger, snapshot, unreadable } from '../../support/memory-ledger.ts';
import { BEGIN, HOURLY } from '../../support/report-record.ts';

const NOW = BEGIN + 9 * HOUR + 2 * MINUTE;
const RANGE = { from: BEGIN, to: NOW };
const ACCOUNT = 'sg/main';

describe('the moments of an account', () => {
  it('are exactly the expected slots of `slots`, with the same outcomes, and what is outside the schedule', async () => {
    const kinds = fc.constantFrom('snapshot', 'failure', 'missing', 'unreadable', 'manual');
    await fc.assert(
      fc.asyncProperty(fc.array(kinds, { maxLength: 22 }), fc.nat(8), async (found, changed) => {
        const entries = found.flatMap((kind, index): Found[] => {
          const slot = BEGIN + (index * HOUR) / 2;
          if (kind === 'missing') return [];
          if (kind === 'failure') return [failure(ACCOUNT, slot)];
          if (kind === 'unreadable') return [unreadable(ACCOUNT, slot)];
          return [snapshot(ACCOUNT, slot, undefined, { manual: kind === 'manual' })];
        });
        const change = { ...HOURLY, from: BEGIN + changed * HOUR, every: '30m' } as const;
        const catalog = catalogOf([{ account: ACCOUNT, since: BEGIN }], [HOURLY, change]);
        const view = { reader: memoryLedger(catalog, entries), catalog, now: NOW };
        const expected: unknown[] = [];
        for await (const { slot, outcome, due } of slots(view, [ACCOUNT], RANGE)) {
          expected.push([slot, outcome, outcome === 'failure' ? due : true]);
        }
        const gathered = await gather(view, {
          accounts: [ACCOUNT],
          range: RANGE,
          currencies: undefined,
          timeZone: 'UTC',
        });
        const moments = gathered.accounts[0]?.moments ?? [];
        const own = moments.filter((moment) => moment.expected);
        expect(
          own.map((moment) => [moment.slot, moment.kind, moment.kind === 'snapshot' || moment.due]),
        ).toEqual(expected);
        const recorded = moments.filter(({ kind }) => kind !== 'missing' && kind !== 'pause');
        expect(recorded).toHaveLength(entries.filter(({ slot = 0 }) => slot < NOW).length);
      }),
      { numRuns: 60 },
    );
  });
});
