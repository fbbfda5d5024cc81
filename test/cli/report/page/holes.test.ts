import { describe, expect, it } from 'vitest';
import { holesOf } from '../../../../cli/report/page/holes.ts';
import type { Moment } from '../../../../cli/report/record.ts';
import { HOUR } from '../../../../lambda/core/instant.ts';
import { accountOf, BEGIN, FAILED, MISSING, marchEntries, recordOf } from '../../../support/report-record.ts';

const march = await recordOf(marchEntries());
const thinned = await recordOf(marchEntries(), undefined, undefined, undefined, 4 * HOUR);

/** As hours since the beginning. */
function hours(moments: readonly Moment[], isThinned: boolean) {
  const hour = (second: number) => (second * 1_000 - BEGIN) / HOUR;
  return holesOf(moments, isThinned).map(({ kind, from, to, isScattered }) => [
    kind,
    hour(from),
    hour(to),
    isScattered,
  ]);
}

const at = (slot: number | undefined) => ((slot ?? 0) - BEGIN) / HOUR;
const [missing, failed, again] = [at(MISSING[0]), at(FAILED[0]), at(FAILED[3])];

describe('the gaps in the chart', () => {
  it('extend from the snapshot before to the one after', () => {
    expect(hours(accountOf(march).moments, false)).toEqual([
      ['missing', missing - 1, missing + 2, false],
      ['failure', failed - 1, failed + 3, false],
      ['failure', again - 1, again + 2, false],
    ]);
  });

  it('are as long as they were, in a thinned report too', () => {
    expect(hours(accountOf(thinned).moments, true)).toEqual([
      ['missing', missing, missing + 2, false],
      ['failure', failed, failed + 3, false],
      ['failure', again, again + 2, false],
    ]);
  });

  it('go on from one interval to the next, but not over snapshots that are not shown', () => {
    const lack = {
      kind: 'failure',
      expected: true,
      due: true,
      reason: 'late',
      detail: '',
      every: HOUR,
    } as const;
    const two = { ...lack, count: 2, span: HOUR };
    expect(
      hours(
        [
          { slot: BEGIN, ...two },
          { slot: BEGIN + 2 * HOUR, ...two },
        ],
        true,
      ),
    ).toEqual([['failure', 0, 4, false]]);
    expect(
      hours(
        [
          { slot: BEGIN, ...two },
          { slot: BEGIN + 3 * HOUR, ...two },
        ],
        true,
      ),
    ).toHaveLength(2);
    expect(hours([{ slot: BEGIN, ...two, span: 3 * HOUR }], true)).toEqual([['failure', 0, 4, true]]);
  });
});
