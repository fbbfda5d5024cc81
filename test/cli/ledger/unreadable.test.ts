import { describe, expect, it } from 'vitest';
import { memoryLedger, snapshot, unreadable } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';
import { ask, at, CATALOG, held, hoursOf, rowsOf } from '../../support/unreadable-ledger.ts';

// An item that this version cannot read is reported, never guessed at, and affects no other answer.

const NAMED = 'sg/main 2026-11-22T04:00:00Z, its schema version is 2, and this program reads 1';

describe('an item that cannot be read', () => {
  it('affects no other account, and is reported in one line and by the exit code', async () => {
    const { exitCode, stdout, stderr } = await ask('latest --table ledger --format json', 4);
    expect(exitCode).toBe(1);
    expect(hoursOf(stdout, 'id/main')).toEqual([4]);
    expect(hoursOf(stdout, 'sg/main')).toEqual([]);
    expect(stderr).toEqual([
      'sg/main: its holdings are unknown: its item 2026-11-22T04:00:00Z cannot be read',
      `error: the ledger holds an item this version cannot read, left out here: ${NAMED}`,
    ]);
  });

  it('before a failure does not make an older snapshot the answer', async () => {
    const { exitCode, stdout, stderr } = await ask('at 2026-11-22T03:30:00Z --table ledger --format json', 2);
    expect([exitCode, hoursOf(stdout, 'sg/main')]).toEqual([1, []]);
    expect(stderr.at(-1)).toContain('sg/main 2026-11-22T02:00:00Z');
  });

  it('does not affect the answer for an earlier time', async () => {
    const { exitCode, stdout } = await ask('at 2026-11-22T01:00:00Z --table ledger --format json', 2, 4);
    expect([exitCode, hoursOf(stdout, 'sg/main')]).toEqual([0, [1]]);
  });

  it('may hold prices: worth is then unknown, and there is no sum', async () => {
    const slot = at(1);
    const ledger = memoryLedger(
      CATALOG,
      [snapshot('sg/main', slot)],
      [{ region: 'sg', slot, problem: 'its schema version is 2, and this program reads 1' }],
    );
    const { exitCode, stdout, stderr } = await typed(
      'worth --table ledger --account sg/main --format json',
      ledger,
      { now: slot },
    );
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ currency: 'BTC', value: null })]);
    expect(stderr).toContain('no sum: it would leave out an item that cannot be read');
    expect(stderr.at(-1)).toBe(
      'error: the ledger holds an item this version cannot read, left out here: #price/sg 2026-11-22T01:00:00Z, its schema version is 2, and this program reads 1',
    );
  });

  it('prevents a total', async () => {
    const { exitCode, stdout, stderr } = await ask('latest --total --table ledger --format json', 4);
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr[0]).toBe('no total: it would leave out an account that cannot be read');
    expect(stderr.at(-1)).toContain(NAMED);
  });

  it('is neither a gap nor listed by slots', async () => {
    const gaps = await ask('gaps --table ledger --format json', 2);
    expect([gaps.exitCode, hoursOf(gaps.stdout, 'sg/main')]).toEqual([1, [3]]);
    const slots = await ask('slots --table ledger --format json', 2);
    expect([slots.exitCode, hoursOf(slots.stdout, 'sg/main')]).toEqual([1, [0, 1, 3, 4]]);
    const alone = await ask('gaps --table ledger --format json --from 2026-11-22T04:00:00Z', 4);
    expect([alone.exitCode, alone.stdout]).toEqual([1, '[]\n']);
    expect(alone.stderr).toEqual([
      '1 of 1 slots recorded (100.0 %)',
      `error: the ledger holds an item this version cannot read, left out here: ${NAMED}`,
    ]);
  });

  it('leaves the changes of its account unknown, but not those of others', async () => {
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
    expect(stderr[0]).toContain('sg/main: before: its holdings are unknown');
  });

  it('does not remove its account from the list of accounts', async () => {
    const { exitCode, stdout } = await ask('accounts --table ledger --format json', 4);
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject([
      { account: 'id/main', last_slot: '2026-11-22T04:00:00Z' },
      { account: 'sg/main', since: '2026-11-22T00:00:00Z', last_slot: null },
    ]);
  });
});
