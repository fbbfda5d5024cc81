import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { gather } from '../../../cli/report/gather.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { catalogOf, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';
import { at, BEGIN, ledgerWith, NOW } from '../../support/unreadable-ledger.ts';

describe('the record of a report', () => {
  it('takes queries in proportion to the accounts, whatever changes of schedule there were', async () => {
    const accounts = Array.from({ length: 60 }, (_, index) => `sg/desk-${index}` as const);
    const hourly = { from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;
    const catalog = catalogOf(
      accounts.map((account) => ({ account, since: BEGIN })),
      [hourly, { ...hourly, from: at(2), every: '30m' }],
    );
    const ledger = memoryLedger(
      catalog,
      accounts.flatMap((account) => [at(0), at(1), at(2)].map((slot) => snapshot(account, slot))),
    );
    let queries = 0;
    const reader: LedgerReader = {
      ...ledger,
      newest: (account, instant) => {
        queries += 1;
        return ledger.newest(account, instant);
      },
      entries: (account, from, to) => {
        queries += 1;
        return ledger.entries(account, from, to);
      },
    };
    const gathered = await gather(
      { reader, catalog, now: NOW },
      { accounts, range: { from: BEGIN, to: NOW }, currencies: undefined, timeZone: 'UTC' },
    );
    expect(gathered.accounts.map(({ counts }) => counts.taken)).toEqual(accounts.map(() => 3));
    expect(queries).toBeLessThanOrEqual(accounts.length * 4);
  });

  it('is thinned step by step, until one snapshot is left for all and the newest', async () => {
    const catalog = catalogOf(
      [{ account: 'sg/main', since: BEGIN }],
      [{ from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg'] }],
    );
    const reader = memoryLedger(
      catalog,
      [0, 1, 2, 3, 4].map((hour) => snapshot('sg/main', at(hour))),
    );
    const gathered = await gather(
      { reader, catalog, now: NOW },
      { accounts: ['sg/main'], range: { from: BEGIN, to: NOW }, currencies: undefined, timeZone: 'UTC' },
    );
    const shown = () => gathered.accounts[0]?.moments.map(({ slot }) => (slot - BEGIN) / HOUR);
    expect([gathered.interval, shown()]).toEqual([0, [0, 1, 2, 3, 4]]);
    expect([gathered.coarsen(), gathered.interval, shown()]).toEqual([true, 2 * HOUR, [0, 2, 4]]);
    expect([gathered.coarsen(), gathered.interval, shown()]).toEqual([true, 4 * HOUR, [0, 4]]);
    expect([gathered.coarsen(), gathered.interval, shown()]).toEqual([false, 4 * HOUR, [0, 4]]);
    expect(gathered.accounts[0]?.counts.taken).toBe(5);
  });

  it('has a gap, with the reason, for an item that cannot be read', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'unreadable-'));
    try {
      const out = join(directory, 'report.html');
      const { exitCode, stderr } = await typed(['report', '--table', 'ledger', '--out', out], ledgerWith(2), {
        now: NOW,
      });
      expect([exitCode, existsSync(out)]).toEqual([1, true]);
      expect(stderr.filter((text) => text.startsWith('sg/main:'))).toEqual([
        'sg/main: 1 gap: upbit.timeout 1',
      ]);
      expect(readFileSync(out, 'utf8')).toContain(
        'Something is recorded for this slot that this version cannot read; a newer version or another program wrote it. its schema version is 2, and this program reads 1.',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
