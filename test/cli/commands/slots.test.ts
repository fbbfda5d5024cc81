import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';
import { GAPPY, NOW, START, WHOLE } from '../../support/slot-ledgers.ts';
import { typed } from '../../support/typed.ts';

describe('balances slots', () => {
  it('prints every expected slot as JSON, and exits with 0', async () => {
    const { exitCode, stdout, stderr } = await typed('slots --real --format json', GAPPY, { now: NOW });
    expect(JSON.parse(stdout)).toEqual([
      {
        account: 'sg/main',
        slot: '2026-11-22T00:00:00Z',
        outcome: 'snapshot',
        observedAt: '2026-11-22T00:00:01.234Z',
        currencies: 2,
        reason: null,
      },
      {
        account: 'sg/main',
        slot: '2026-11-22T01:00:00Z',
        outcome: 'failure',
        observedAt: '2026-11-22T01:00:02.000Z',
        currencies: null,
        reason: 'upbit.timeout',
      },
      {
        account: 'sg/main',
        slot: '2026-11-22T02:00:00Z',
        outcome: 'missing',
        observedAt: null,
        currencies: null,
        reason: 'missing',
      },
      {
        account: 'sg/main',
        slot: '2026-11-22T03:00:00Z',
        outcome: 'snapshot',
        observedAt: '2026-11-22T03:00:01.234Z',
        currencies: 1,
        reason: null,
      },
    ]);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: [] });
  });

  it('prints the same as CSV, with empty cells for null', async () => {
    const { stdout } = await typed('slots --real --format csv --to 2026-11-22T03:00:00Z', GAPPY, {
      now: NOW,
    });
    expect(stdout.split('\n')).toEqual([
      'account,slot,outcome,observedAt,currencies,reason',
      'sg/main,2026-11-22T00:00:00Z,snapshot,2026-11-22T00:00:01.234Z,2,',
      'sg/main,2026-11-22T01:00:00Z,failure,2026-11-22T01:00:02.000Z,,upbit.timeout',
      'sg/main,2026-11-22T02:00:00Z,missing,,,missing',
      '',
    ]);
  });

  it('prints a table that fits 80 characters and says SIMULATED', async () => {
    const { stdout, stderr } = await typed('slots --local --from 2h', GAPPY, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  slot                  outcome   what',
      'sg/main  2026-11-22T02:00:00Z  missing',
      'sg/main  2026-11-22T03:00:00Z  snapshot  1 currency observed after 1.234 s',
      '',
    ]);
    expect(stderr).toEqual(['sg/main: SIMULATED data', 'th/main: SIMULATED data']);
  });

  it('shows a recorded slot before it is due', async () => {
    const early = await typed('slots --real --format json --from 1h', WHOLE, {
      now: START + 3 * HOUR + 5000,
    });
    expect(JSON.parse(early.stdout)).toMatchObject([{ slot: '2026-11-22T03:00:00Z', outcome: 'snapshot' }]);
  });

  it('takes a range of ten years, and the year 9999', async () => {
    const { exitCode, stdout } = await typed(
      'slots --real --format json --from 2020-01-01 --to 9999-12-31',
      GAPPY,
      { now: NOW },
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toHaveLength(4);
  });

  it('expects nothing without a schedule, and says so', async () => {
    const ran = await typed('slots --real --format json', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
      stderr: ['the ledger has no schedule yet, so no slot is expected'],
    });
  });
});
