import { describe, expect, it } from 'vitest';
import { seriesOf } from '../../../../cli/report/page/series.ts';
import { DAY, HOUR, MINUTE } from '../../../../lambda/core/instant.ts';
import { failure, snapshot } from '../../../support/memory-ledger.ts';
import {
  accountOf,
  BEGIN,
  FAILED,
  HOURLY,
  MISSING,
  marchEntries,
  recordOf,
} from '../../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the chart line of a currency', () => {
  it('has null, never zero, for every expected slot without a snapshot', () => {
    const { x, total: heights } = seriesOf(accountOf(march), 'BTC', false);
    const holes = x.flatMap((second, place) => (heights[place] === null ? [second * 1_000] : []));
    expect(holes).toEqual([...MISSING, ...FAILED]);
    expect(heights.filter((height) => height === 0)).toEqual([]);
    expect(x).toHaveLength(31 * 24 + 1);
  });

  it('has 0 once a snapshot no longer lists the currency', () => {
    const { x, total: heights } = seriesOf(accountOf(march), 'XRP', false);
    const at = (instant: number) => heights[x.indexOf(instant / 1_000)];
    expect([at(BEGIN + 14 * DAY), at(BEGIN + 15 * DAY), at(FAILED[0] ?? 0)]).toEqual([2150.5, 0, null]);
  });

  it('is interrupted while nothing is expected', async () => {
    const paused = [
      HOURLY,
      { ...HOURLY, from: BEGIN + DAY, regions: ['th'] as const },
      { ...HOURLY, from: BEGIN + 3 * DAY },
    ];
    const entries = [BEGIN + DAY - HOUR, BEGIN + 3 * DAY].map((slot) => snapshot('sg/main', slot));
    const record = await recordOf(entries, ['sg/main'], paused);
    const { x, total: heights } = seriesOf(accountOf(record), 'BTC', false);
    const between = x
      .map((second, place) => [second * 1_000, heights[place]])
      .filter(([at]) => at === BEGIN + DAY);
    expect(between).toEqual([[BEGIN + DAY, null]]);
    expect(accountOf(record).counts).toMatchObject({ taken: 2 });
  });

  it('goes on over a gap if the report is thinned, because most of that time is not a gap', () => {
    const { total: heights } = seriesOf(accountOf(march), 'BTC', true);
    expect(heights.filter((height) => height === null)).toEqual([]);
    expect(heights.filter((height) => height === undefined)).toHaveLength(MISSING.length + FAILED.length);
  });

  it('is not interrupted by a failure outside the schedule', async () => {
    const entries = [
      ...marchEntries().filter(({ account }) => account === 'th/main'),
      failure('th/main', BEGIN + 90 * MINUTE, 'upbit.timeout', { manual: true }),
    ];
    const record = await recordOf(entries, ['th/main']);
    const { total: heights } = seriesOf(accountOf(record, 'th/main'), 'BTC', false);
    expect(heights.filter((height) => height === null)).toEqual([]);
    expect(heights.filter((height) => height === undefined)).toHaveLength(1);
  });
});
