import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { lookAtSnapshots } from '../../../cli/doctor/snapshots.ts';
import { HOUR, type Instant } from '../../../lambda/core/instant.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  snapshot,
  time,
  unreadable,
} from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

// An item among ours that this version does not understand: named, never guessed at, and no other answer hangs on it.

const BEGIN = time('2026-11-22T00:00:00Z');
const NOW = time('2026-11-22T04:30:00Z');
const at = (hour: number): Instant => BEGIN + hour * HOUR;
const CATALOG = catalogOf(
  [
    { account: 'id/main', since: BEGIN },
    { account: 'sg/main', since: BEGIN },
  ],
  [{ from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['id', 'sg'] }],
);
const held = [line('BTC', '2')];
const THAI = [0, 1, 2, 3, 4].map((hour) => snapshot('id/main', at(hour)));

/** sg/main has something unreadable at the hours, a failure at 3 where that is not one of them, and else snapshots. */
function ledgerWith(...hours: number[]) {
  const own = [0, 1, 2, 3, 4].map((hour) => {
    if (hours.includes(hour)) return unreadable('sg/main', at(hour));
    return hour === 3 ? failure('sg/main', at(hour)) : snapshot('sg/main', at(hour), held);
  });
  return memoryLedger(CATALOG, [...THAI, ...own]);
}
const ask = (commandLine: string, ...hours: number[]) =>
  typed(commandLine, ledgerWith(...hours), { now: NOW });
const rowsOf = (stdout: string) => JSON.parse(stdout) as { account: string; slot: string }[];
const hoursOf = (stdout: string, account: string) =>
  rowsOf(stdout)
    .filter((row) => row.account === account)
    .map(({ slot }) => Number(slot.slice(11, 13)));

const NAMED = 'sg/main 2026-11-22T04:00:00Z, its schema version is 2, and this program reads 1';

describe('an item that cannot be read', () => {
  it('costs no other account its answer, and is named in one line and by the exit code', async () => {
    const { exitCode, stdout, stderr } = await ask('latest --table ledger --format json', 4);
    expect(exitCode).toBe(1);
    expect(hoursOf(stdout, 'id/main')).toEqual([4]);
    expect(hoursOf(stdout, 'sg/main')).toEqual([]);
    expect(stderr).toEqual([
      'sg/main: what it held is not known: its item 2026-11-22T04:00:00Z cannot be read',
      `error: the ledger holds an item this version cannot read, left out here: ${NAMED}`,
    ]);
  });

  it('behind a failure is no reason to show what is older', async () => {
    const { exitCode, stdout, stderr } = await ask('at 2026-11-22T03:30:00Z --table ledger --format json', 2);
    expect([exitCode, hoursOf(stdout, 'sg/main')]).toEqual([1, []]);
    expect(stderr.at(-1)).toContain('sg/main 2026-11-22T02:00:00Z');
  });

  it('does not matter to who asks for an earlier time', async () => {
    const { exitCode, stdout } = await ask('at 2026-11-22T01:00:00Z --table ledger --format json', 2, 4);
    expect([exitCode, hoursOf(stdout, 'sg/main')]).toEqual([0, [1]]);
  });

  it('leaves no sum to be given', async () => {
    const { exitCode, stdout, stderr } = await ask('latest --total --table ledger --format json', 4);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr[0]).toBe('no total is given: it would lack an account');
    expect(stderr.at(-1)).toContain(NAMED);
  });

  it('is passed over by a range, which stays well-formed and goes on behind it', async () => {
    for (const command of ['history', 'export']) {
      const format = command === 'history' ? 'csv' : 'jsonl';
      const { exitCode, stdout, stderr } = await ask(`${command} --table ledger --format ${format}`, 1, 2);
      expect(exitCode).toBe(1);
      expect(stdout.split('\n').filter((row) => row.includes('sg/main'))).toHaveLength(2);
      expect(stderr).toEqual([
        'sg/main: 2 items cannot be read; 1 of 5 expected slots have no snapshot: balances gaps lists them',
        'error: the ledger holds 2 items this version cannot read, left out here: sg/main 2026-11-22T01:00:00Z, its schema version is 2, and this program reads 1, and 1 more up to 2026-11-22T02:00:00Z',
      ]);
    }
  });

  it('may stand at a point, which then has the next success, as one that failed has', async () => {
    const { exitCode, stdout } = await ask('history --every 2h --table ledger --format json', 2, 3);
    expect([exitCode, hoursOf(stdout, 'sg/main'), hoursOf(stdout, 'id/main')]).toEqual([
      1,
      [0, 4],
      [0, 2, 4],
    ]);
  });

  it('is neither a gap nor a slot that is known', async () => {
    const gaps = await ask('gaps --table ledger --format json', 2);
    expect([gaps.exitCode, hoursOf(gaps.stdout, 'sg/main')]).toEqual([1, [3]]);
    const slots = await ask('slots --table ledger --format json', 2);
    expect([slots.exitCode, hoursOf(slots.stdout, 'sg/main')]).toEqual([1, [0, 1, 3, 4]]);
    const alone = await ask('gaps --table ledger --format json --from 2026-11-22T04:00:00Z', 4);
    expect([alone.exitCode, alone.stdout]).toEqual([1, '[]\n']);
    expect(alone.stderr).toEqual([
      `error: the ledger holds an item this version cannot read, left out here: ${NAMED}`,
    ]);
  });

  it('leaves open what changed in its account, and not in the others', async () => {
    const command = 'changes --from 2026-11-22T00:30:00Z --table ledger --format json';
    const ledger = memoryLedger(CATALOG, [
      snapshot('id/main', at(0)),
      snapshot('id/main', at(1), held),
      unreadable('sg/main', at(0)),
      snapshot('sg/main', at(1)),
      snapshot('sg/main', at(2), held),
    ]);
    const { exitCode, stdout, stderr } = await typed(command, ledger, { now: at(2) });
    expect([exitCode, rowsOf(stdout).map(({ account }) => account)]).toEqual([1, ['id/main']]);
    expect(stderr[0]).toContain('sg/main: before: what it held is not known');
  });

  it('leaves its account in the list of accounts', async () => {
    const { exitCode, stdout } = await ask('accounts --table ledger --format json', 4);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { account: 'id/main', last_slot: '2026-11-22T04:00:00Z' },
      { account: 'sg/main', since: '2026-11-22T00:00:00Z', last_slot: null },
    ]);
  });

  it('does not keep an account from being closed', async () => {
    const closed: unknown[] = [];
    const { exitCode, stderr } = await typed('accounts close sg/main --table ledger', ledgerWith(4), {
      now: NOW,
      replaceAccount: (_, after) => {
        closed.push(after);
        return Promise.resolve();
      },
    });
    expect([exitCode, closed]).toEqual([0, [{ account: 'sg/main', since: BEGIN, closedFrom: NOW }]]);
    expect(stderr[0]).toContain('its newest item, 2026-11-22T04:00:00Z, cannot be read');
  });

  it('is found by the doctor', async () => {
    expect(await lookAtSnapshots(ledgerWith(4), NOW, true)).toEqual([
      {
        lookedAt: 'snapshots of sg/main',
        state: 'wrong',
        found:
          'its item 2026-11-22T04:00:00Z is not one that this version can read: its schema version is 2, and this program reads 1',
        remedy: 'Use the version of this code that wrote it.',
      },
    ]);
  });

  it('is a hole of the report, which says why', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'unreadable-'));
    try {
      const out = join(directory, 'report.html');
      const { exitCode } = await typed(['report', '--table', 'ledger', '--out', out], ledgerWith(2), {
        now: NOW,
      });
      expect([exitCode, existsSync(out)]).toEqual([1, true]);
      expect(readFileSync(out, 'utf8')).toContain(
        'Something is recorded for this slot that this version cannot read; a newer version or another program wrote it. its schema version is 2, and this program reads 1.',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
