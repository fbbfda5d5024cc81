import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { catalogOf, failure, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { GAPPY, HOURLY, MAIN, NOW, START, WHOLE } from '../../support/slot-ledgers.ts';
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

  it('shows in JSON where Upbit’s answer is kept, and says so in every format', async () => {
    const answer = { text: '[{"currency":"ADA","available":"1"}]', isCut: false };
    const malformed = (hour: number) =>
      failure('sg/main', START + hour * HOUR, 'response.malformed', { answer });
    const ledger = memoryLedger(catalogOf([MAIN], [HOURLY]), [
      snapshot('sg/main', START),
      malformed(1),
      failure('sg/main', START + 2 * HOUR),
      malformed(3),
    ]);
    const json = await typed('slots --real --format json', ledger, { now: NOW });
    const keys = ['account', 'slot', 'outcome', 'observedAt', 'currencies', 'reason'];
    const rows: object[] = JSON.parse(json.stdout);
    expect(rows.map((row) => Object.keys(row))).toEqual([
      keys,
      [...keys, 'answer'],
      keys,
      [...keys, 'answer'],
    ]);
    expect(rows[1]).toEqual({
      account: 'sg/main',
      slot: '2026-11-22T01:00:00Z',
      outcome: 'failure',
      observedAt: expect.any(String),
      currencies: null,
      reason: 'response.malformed',
      answer: 36,
    });
    const said = 'sg/main: 2 failures include Upbit’s answer: docs/ledger.md says how to read it';
    expect(json.stderr).toEqual([said]);
    for (const format of ['table', 'csv']) {
      const { stdout, stderr } = await typed(`slots --real --format ${format}`, ledger, { now: NOW });
      expect(stderr).toEqual([said]);
      expect(stdout).not.toContain('answer');
    }
    const one = await typed('slots --real --to 2026-11-22T03:00:00Z', ledger, { now: NOW });
    expect(one.stderr).toEqual([
      'sg/main: 1 failure includes Upbit’s answer: docs/ledger.md says how to read it',
    ]);
  });

  it('prints a table that fits 80 characters and says SIMULATED', async () => {
    const { stdout, stderr } = await typed('slots --local --from 2h', GAPPY, { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'SIMULATED',
      'account  slot                       outcome   what',
      'sg/main  2026-11-22T09:00:00+07:00  missing',
      'sg/main  2026-11-22T10:00:00+07:00  snapshot  1 currency after 1.234 s',
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
