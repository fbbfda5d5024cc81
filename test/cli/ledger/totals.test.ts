import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { BOTH, hourly, MAIN, START } from '../../support/history-ledger.ts';
import { catalogOf, line, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const TWO = catalogOf([MAIN, { ...MAIN, account: 'th/main' }], [BOTH]);
const thai = (hour: number, ...amounts: readonly (readonly [string, string])[]) =>
  snapshot(
    'th/main',
    START + hour * HOUR,
    amounts.map(([currency, amount]) => line(currency, amount)),
  );
const LEDGER = memoryLedger(TWO, [
  ...hourly(3),
  thai(0, ['BTC', '0.1'], ['THB', '100']),
  thai(1, ['BTC', '0.2']),
  thai(2, ['BTC', '0.3']),
]);
const now = START + 2.5 * HOUR;

const totals = async (words: string, ledger = LEDGER, at = now) => {
  const ran = await typed(`history --real --total --format json ${words}`.trim(), ledger, { now: at });
  return { ...ran, rows: JSON.parse(ran.stdout) as Record<string, unknown>[] };
};
const brief = (rows: readonly Record<string, unknown>[]) =>
  rows.map(
    ({ slot, currency, total, accounts }) => `${String(slot).slice(11, 13)} ${currency} ${total} ${accounts}`,
  );

describe('balances history --total', () => {
  it('sums over the accounts, slot by slot; what is sold out counts as 0', async () => {
    const { exitCode, rows, stderr } = await totals('');
    expect(brief(rows)).toEqual([
      '16 BTC 0.6 2',
      '16 THB 100 1',
      '17 BTC 1.7 2',
      '17 THB 0 0',
      '18 BTC 2.8 2',
      '18 THB 0 0',
    ]);
    expect(rows[0]).toEqual({
      slot: '2026-11-20T16:00:00Z',
      currency: 'BTC',
      balance: '0.1',
      locked: '0.5',
      total: '0.6',
      accounts: 2,
      oldest_slot: '2026-11-20T16:00:00Z',
    });
    expect([exitCode, stderr]).toEqual([0, []]);
  });

  it('names an account that was expected and is missing, and exits with 3', async () => {
    const ledger = memoryLedger(TWO, [...hourly(3), thai(0, ['BTC', '0.1']), thai(2, ['BTC', '0.3'])]);
    const { exitCode, rows, stderr } = await totals('', ledger, START + 2.5 * HOUR);
    expect(brief(rows)).toEqual(['16 BTC 0.6 2', '17 BTC 1.5 1', '18 BTC 2.8 2']);
    expect(exitCode).toBe(3);
    expect(stderr).toEqual([
      'th/main: 1 of 3 expected slots have no snapshot: balances gaps lists them',
      'the totals are not complete: th/main lacks snapshots',
    ]);
  });

  it('has one total for each point of --every, of the snapshots that stand for it', async () => {
    const ledger = memoryLedger(TWO, [...hourly(30), thai(1, ['BTC', '0.2']), thai(24, ['BTC', '9'])]);
    const { exitCode, rows, stderr } = await totals('--every 1d', ledger, START + 29.5 * HOUR);
    // Midnight in Singapore is 16:00 UTC; the first snapshot of th/main is of 17:00.
    expect(brief(rows)).toEqual(['16 BTC 0.7 2', '16 BTC 33.5 2']);
    expect([exitCode, stderr[0]]).toEqual([
      3,
      'th/main: 1 of 2 points show a later slot’s snapshot because their own has none',
    ]);
  });

  it('filters by currency, also one that was listed only before the range', async () => {
    expect(brief((await totals('--currency thb --from 2026-11-20T17:00:00Z')).rows)).toEqual([
      '17 THB 0 0',
      '18 THB 0 0',
    ]);
  });

  it('reads many accounts part by part, and remembers over the parts what was sold', async () => {
    const others = Array.from({ length: 99 }, (_, index): AccountName => `th/a${index}`);
    const catalog = catalogOf([MAIN, ...others.map((account) => ({ ...MAIN, account }))], [BOTH]);
    const count = 600;
    const entries = Array.from({ length: count }, (_, hour) =>
      snapshot('sg/main', START + hour * HOUR, [hour === 0 ? line('ADA', '1') : line('BTC', '1')]),
    );
    const asked = new Set<string>();
    const ledger = memoryLedger(catalog, entries);
    const watched = {
      ...ledger,
      entries: (account: AccountName, from: number, to: number) => {
        if (account === 'sg/main') asked.add(`${(from - START) / HOUR}-${(to - START) / HOUR}`);
        return ledger.entries(account, from, to);
      },
    };
    const { rows } = await totals('', watched, START + count * HOUR - 1);
    expect(rows.filter(({ currency }) => currency === 'BTC')).toHaveLength(count - 1);
    expect(rows.filter(({ currency, total }) => currency === 'ADA' && total === '0')).toHaveLength(count - 1);
    expect([...asked]).toContain('0-500');
  });

  it('says SIMULATED over every table, and begins a new one after a thousand rows', async () => {
    const ledger = memoryLedger(catalogOf([MAIN], [{ ...BOTH, regions: ['sg'] }]), hourly(1_001));
    for (const command of ['history --local --total', 'history --local']) {
      const { stdout } = await typed(command, ledger, { now: START + 1_000.5 * HOUR });
      const tables = stdout.split('\n\n');
      expect(tables.map((table) => table.includes('SIMULATED'))).toEqual([true, true]);
      expect(tables[1]?.trim().split('\n')).toHaveLength(3);
    }
  });

  it('prints a table and CSV', async () => {
    const table = await typed('history --local --total --from 2026-11-20T18:00:00Z', LEDGER, { now });
    expect(table.stdout.split('\n')).toEqual([
      'SIMULATED',
      'slot                       currency  available  locked  total  accounts',
      '2026-11-21T02:00:00+08:00  BTC             2.3     0.5    2.8         2',
      '',
    ]);
    const csv = await typed(
      'history --real --total --format csv --currency BTC --to 2026-11-20T17:00:00Z',
      LEDGER,
      {
        now,
      },
    );
    expect(csv.stdout).toBe(
      'slot,currency,balance,locked,total,accounts,oldest_slot\n' +
        '2026-11-20T16:00:00Z,BTC,0.1,0.5,0.6,2,2026-11-20T16:00:00Z\n',
    );
  });
});
