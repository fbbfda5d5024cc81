import { describe, expect, it } from 'vitest';
import { PriceHeights } from '../../../../cli/report/page/price-heights.ts';
import { pointsOf } from '../../../../cli/report/page/worth-points.ts';
import { answerAt } from '../../../../cli/report/page/worth-readout.ts';
import {
  lineOf,
  marksOf,
  stackOf,
  type WorthSeries,
  worthSeries,
} from '../../../../cli/report/page/worth-series.ts';
import type { AccountRecord, ReportRecord } from '../../../../cli/report/record.ts';
import { formatDecimal } from '../../../../lambda/core/decimal.ts';
import { DAY, HOUR, type Instant } from '../../../../lambda/core/instant.ts';
import { failure, line, sheet, snapshot } from '../../../support/memory-ledger.ts';
import {
  BEGIN,
  FAILED,
  HOURLY,
  MISSING,
  marchEntries,
  marchSheets,
  recordOf,
  UNPRICED,
} from '../../../support/report-record.ts';

const march = await recordOf(marchEntries(), undefined, undefined, undefined, 0, marchSheets());

function seriesOf(record: ReportRecord, accounts: readonly AccountRecord[], unit: string): WorthSeries {
  const points = pointsOf(record, accounts);
  const slots = points.map(({ slot }) => slot);
  return worthSeries(new PriceHeights(record.prices, slots), accounts, points, unit);
}

const isGap = (slot: Instant) => [...UNPRICED, ...FAILED, ...MISSING].includes(slot);

const slotsOf = (series: WorthSeries, ...states: string[]) =>
  series.points.flatMap(({ slot }, place) => (states.includes(series.states[place] ?? '') ? [slot] : []));

describe('the worth over time', () => {
  it.each(['SGD', 'USDT', 'BTC', 'THB'])('is drawn at the height of the exact sum, in %s', (unit) => {
    for (const accounts of [march.accounts, march.accounts.slice(0, 1)]) {
      const series = seriesOf(march, accounts, unit);
      const [whole = []] = stackOf(series, false).edges;
      const some = [...series.points.entries()].filter(([place, { slot }]) => place % 7 === 0 || isGap(slot));
      const found = some.map(([place, point]) => {
        const { value } = answerAt(march, point, { unit, who: '', currency: undefined, isExact: true });
        const height = whole[place] ?? undefined;
        return { isKnown: value !== undefined, height, exact: value && Number(formatDecimal(value)) };
      });
      expect(found.length).toBeGreaterThan(100);
      expect(found.filter(({ isKnown, height }) => isKnown !== (height !== undefined))).toEqual([]);
      const off = found.map(({ height = 1, exact = 1 }) => Math.abs(height / exact - 1));
      expect(Math.max(...off)).toBeLessThan(1e-11);
    }
  });

  it('has a gap, never 0 and nothing between, where an account has no snapshot and where no prices were recorded', () => {
    const series = seriesOf(march, march.accounts, 'USDT');
    expect(slotsOf(series, 'lacking')).toEqual([...MISSING, ...FAILED]);
    expect(slotsOf(series, 'unpriced')).toEqual(UNPRICED);
    const gaps = new Set<Instant>([...MISSING, ...FAILED, ...UNPRICED]);
    for (const edge of stackOf(series, false).edges)
      expect(edge.flatMap((height, place) => (height === null ? [series.points[place]?.slot] : []))).toEqual(
        [...gaps].sort((a, b) => a - b),
      );
    const kinds = new Map(
      marksOf(series, undefined).flatMap(({ slot, hole }) => (hole ? [[slot, hole.kind]] : [])),
    );
    expect([kinds.get(MISSING[0] ?? 0), kinds.get(FAILED[0] ?? 0), kinds.get(UNPRICED[0] ?? 0)]).toEqual([
      'missing',
      'failure',
      'unpriced',
    ]);
  });

  it('stacks the largest currencies first, and draws what is left together', async () => {
    const names = ['A', 'B', 'C', 'D', 'E', 'F', 'G', 'H'];
    const entries = [0, 1].map((hour) =>
      snapshot(
        'sg/main',
        BEGIN + hour * HOUR,
        names.map((name, place) => line(name, String(place + 1))),
      ),
    );
    const prices = Object.fromEntries(names.map((name) => [`SGD-${name}`, '10']));
    const sheets = [0, 1].map((hour) => sheet('sg', BEGIN + hour * HOUR, prices));
    const range = { from: BEGIN, to: BEGIN + 2 * HOUR };
    const record = await recordOf(entries, ['sg/main'], [HOURLY], range, 0, sheets);
    const { named, others, edges } = stackOf(seriesOf(record, record.accounts, 'SGD'), false);
    expect([named, others]).toEqual([
      ['H', 'G', 'F', 'E', 'D', 'C'],
      ['B', 'A'],
    ]);
    expect(edges.map(([first]) => first)).toEqual([360, 330, 300, 260, 210, 150, 80]);
  });

  it('marks a sum that lacks a price which other slots have, and has no value of that currency there', async () => {
    const hours = [0, 1, 2];
    const entries = hours.map((hour) =>
      snapshot('sg/main', BEGIN + hour * HOUR, [line('BTC', '2'), line('ETH', '3'), line('FLR', '1')]),
    );
    const sheets = hours.map((hour) =>
      sheet('sg', BEGIN + hour * HOUR, { 'SGD-BTC': '100', ...(hour === 1 ? {} : { 'SGD-ETH': '10' }) }),
    );
    const range = { from: BEGIN, to: BEGIN + 3 * HOUR };
    const record = await recordOf(entries, ['sg/main'], [HOURLY], range, 0, sheets);
    const series = seriesOf(record, record.accounts, 'SGD');
    expect(series.states).toEqual(['known', 'partial', 'known']);
    expect(stackOf(series, false).edges[0]).toEqual([230, 200, 230]);
    expect(lineOf(series, 'ETH', false)).toEqual([30, null, 30]);
    expect(marksOf(series, 'ETH').map(({ hole }) => hole?.kind)).toEqual([undefined, 'unpriced', undefined]);
    expect(lineOf(series, 'FLR', false)).toEqual([null, null, null]);
  });

  it('is 0 for an account that holds nothing, and a gap for one whose holdings have no price at all', async () => {
    const range = { from: BEGIN, to: BEGIN + HOUR };
    const of = async (...lines: Parameters<typeof line>[]) => {
      const entries = [
        snapshot(
          'sg/main',
          BEGIN,
          lines.map((parts) => line(...parts)),
        ),
      ];
      const sheets = [sheet('sg', BEGIN, { 'SGD-BTC': '100' })];
      const record = await recordOf(entries, ['sg/main'], [HOURLY], range, 0, sheets);
      return stackOf(seriesOf(record, record.accounts, 'SGD'), false).edges;
    };
    expect(await of()).toEqual([[0]]);
    expect(await of(['BTC', '0'], ['FLR', '0'])).toEqual([[0]]);
    expect(await of(['FLR', '1'])).toEqual([[null]]);
    expect(await of(['FLR', '0'], ['BTC', '0', '0.5'])).toEqual([[50]]);
  });

  it('takes another way where the market of the first is gone', async () => {
    const hours = [0, 1, 2];
    const entries = hours.map((hour) => snapshot('sg/main', BEGIN + hour * HOUR, [line('ADA', '1')]));
    const sheets = hours.map((hour) =>
      sheet('sg', BEGIN + hour * HOUR, {
        'USDT-ADA': '2',
        'SGD-USDT': '3',
        ...(hour === 1 ? {} : { 'SGD-ADA': '7' }),
      }),
    );
    const range = { from: BEGIN, to: BEGIN + 3 * HOUR };
    const record = await recordOf(entries, ['sg/main'], [HOURLY], range, 0, sheets);
    expect(lineOf(seriesOf(record, record.accounts, 'SGD'), 'ADA', false)).toEqual([7, 6, 7]);
  });

  it('goes on over a gap in a thinned report, which is drawn over the line', async () => {
    const thinned = await recordOf(
      marchEntries(),
      ['sg/main'],
      undefined,
      undefined,
      4 * HOUR,
      marchSheets(),
    );
    const series = seriesOf(thinned, thinned.accounts, 'SGD');
    const [edge = []] = stackOf(series, true).edges;
    expect(edge.filter((height) => height === undefined)).toHaveLength(3);
    expect(edge.filter((height) => height === null)).toHaveLength(2);
    expect(slotsOf(series, 'unpriced')).toEqual([BEGIN + 5 * DAY, BEGIN + 5 * DAY + 4 * HOUR]);
  });
});

describe('the points of all accounts', () => {
  const both = ['sg/main', 'th/main'] as const;
  const range = { from: BEGIN, to: BEGIN + 12 * HOUR };
  const hours = async (...entries: Parameters<typeof recordOf>[0]) => {
    const record = await recordOf(entries, both, [HOURLY], range);
    return pointsOf(record, record.accounts)
      .filter(({ slot }) => slot < BEGIN + 3 * HOUR)
      .map(({ slot, taken, lacking }) => [(slot - BEGIN) / HOUR, taken.length, lacking.length]);
  };
  const taken = (name: (typeof both)[number], hour: number, manual = false) =>
    snapshot(name, BEGIN + hour * HOUR, [], { manual });

  it('are the scheduled slots, each with who has a snapshot and who lacks one', async () => {
    expect(
      await hours(
        taken('sg/main', 0),
        taken('th/main', 0),
        taken('sg/main', 1),
        failure('th/main', BEGIN + HOUR),
        taken('th/main', 2),
      ),
    ).toEqual([
      [0, 2, 0],
      [1, 1, 1],
      [2, 1, 1],
    ]);
  });

  it('are outside the schedule only where all have a snapshot', async () => {
    const scheduled = [0, 1, 2].flatMap((hour) => both.map((name) => taken(name, hour)));
    const found = await hours(
      ...scheduled,
      taken('sg/main', 0.25, true),
      taken('sg/main', 1.5, true),
      taken('th/main', 1.5, true),
    );
    expect(found.map(([hour]) => hour)).toEqual([0, 1, 1.5, 2]);
  });
});

describe('the newest point', () => {
  it('is left out while another account may still be recorded', async () => {
    const entries = [0, 1].flatMap((hour) =>
      (['sg/main', 'th/main'] as const)
        .filter((name) => name === 'sg/main' || hour === 0)
        .map((name) => snapshot(name, BEGIN + hour * HOUR)),
    );
    const record = await recordOf(entries, undefined, undefined, { from: BEGIN, to: BEGIN + 2 * HOUR });
    const early = {
      ...record,
      accounts: record.accounts.map((one) => ({
        ...one,
        moments: one.moments.filter(({ kind }) => kind === 'snapshot'),
      })),
    };
    const at = (readAt: Instant) =>
      pointsOf({ ...early, readAt }, early.accounts).map(({ taken }) => taken.length);
    expect(at(BEGIN + HOUR + 60_000)).toEqual([2]);
    expect(at(BEGIN + HOUR + 600_000)).toEqual([2, 1]);
  });
});
