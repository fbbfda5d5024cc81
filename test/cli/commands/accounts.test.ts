import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { LEDGER, NOW, row } from '../../support/accounts-ledger.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

describe('balances accounts', () => {
  it('prints the documented rows as JSON, keys in order, including closed and default accounts', async () => {
    const { exitCode, stdout, stderr } = await typed('accounts --real --format json', LEDGER, { now: NOW });
    const rows = [
      row('sg/closed', '2026-11-22T00:00:00Z', { closed_from: '2026-11-22T01:00:00Z' }),
      row('sg/main', '2026-11-21T00:00:00Z', {
        last_slot: '2026-11-22T02:00:00Z',
        last_failure: 'key.expired',
      }),
      row('sg/old', '2026-11-22T00:00:00Z', { last_slot: '2026-11-22T03:00:00Z' }),
      row('th/main', null, { last_failure: 'keys.missing' }),
    ];
    expect(stdout).toBe(`[\n${rows.map((its) => `  ${JSON.stringify(its)}`).join(',\n')}\n]\n`);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: [] });
  });

  it('prints CSV, and a table that fits 80 characters and says SIMULATED', async () => {
    const csv = await typed('accounts --real --format csv --account sg/old', LEDGER, { now: NOW });
    expect(csv.stdout).toBe(
      'account,since,closed_from,last_slot,last_failure\nsg/old,2026-11-22T00:00:00Z,,2026-11-22T03:00:00Z,\n',
    );
    const { stdout, stderr } = await typed('accounts --local --account sg/main', LEDGER, {
      now: NOW,
      columns: 80,
    });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  since                      last slot                  last failure',
      'sg/main  2026-11-21T08:00:00+08:00  2026-11-22T10:00:00+08:00  key.expired',
      '',
    ]);
    expect(stderr).toEqual(['sg/main: SIMULATED data']);
  });

  it('prints nothing for an empty ledger, and says so', async () => {
    const ran = await typed('accounts --real', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: '',
      stderr: ['the ledger has no accounts to show yet'],
    });
  });
});
