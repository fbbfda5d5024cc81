import { describe, expect, it } from 'vitest';
import { asCsv, type Row } from '../../../cli/print/format.ts';
import { localTimesIn } from '../../../cli/print/local-times.ts';

const ROWS: Row[] = [
  {
    account: 'sg/main',
    slot: '2026-11-22T16:00:00Z',
    observedAt: '2026-11-22T16:00:01.234Z',
    reason: 'late',
  },
  { account: 'sg/main', slot: '2026-11-22T17:00:00Z', observedAt: null, reason: '2026-11-22T17:00:00Z' },
];
const COLUMNS = ['account', 'slot', 'observedAt', 'reason'];

async function csv(...[columns, rows, zone]: Parameters<typeof asCsv>): Promise<string> {
  let text = '';
  for await (const piece of asCsv(columns, rows, zone)) text += piece;
  return text;
}

describe('the local times of CSV', () => {
  it('are columns after all others, in the zone, with its offset; no time is an empty cell', async () => {
    expect(await csv(COLUMNS, ROWS, 'Asia/Singapore')).toBe(
      `${[
        'account,slot,observedAt,reason,slot_local,observedAt_local',
        'sg/main,2026-11-22T16:00:00Z,2026-11-22T16:00:01.234Z,late,2026-11-23T00:00:00+08:00,2026-11-23T00:00:01.234+08:00',
        'sg/main,2026-11-22T17:00:00Z,,2026-11-22T17:00:00Z,2026-11-23T01:00:00+08:00,',
      ].join('\n')}\n`,
    );
  });

  it('are there for each column that has times, and in UTC end in Z', async () => {
    const columns = ['oldest_slot', 'from_slot', 'to_slot', 'since', 'closed_from', 'last_slot'];
    expect(localTimesIn(columns, 'UTC').titles).toEqual(columns.map((column) => `${column}_local`));
    const { cellsOf } = localTimesIn(COLUMNS, 'UTC');
    expect(ROWS.map(cellsOf)).toEqual(ROWS.map(({ slot, observedAt }) => [slot, observedAt]));
  });

  it('are nowhere if not asked for', async () => {
    expect(await csv(COLUMNS, ROWS)).not.toContain('local');
  });
});
