import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../lambda/core/instant.ts';
import { HOURLY, ledgerOf, NOW, open, SLOT } from '../../support/hourly-ledger.ts';
import { line, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

describe('balances at', () => {
  const entries = [
    snapshot('sg/main', SLOT - 5 * HOUR, [line('BTC', '1')]),
    snapshot('sg/main', SLOT, [line('BTC', '2')]),
  ];
  const ledger = ledgerOf(entries, open('sg/main'));
  const read = (instant: string, columns?: number) =>
    typed(
      `at ${instant} --real --format json --account sg/main`,
      ledger,
      columns === undefined ? { now: NOW } : { now: NOW, columns },
    );

  it('a slot gives that slot', async () => {
    const { stdout, stderr } = await read('2026-11-22T06:00:00Z');
    expect(JSON.parse(stdout)).toMatchObject([{ slot: '2026-11-22T06:00:00Z', balance: '2' }]);
    expect(stderr).toEqual([]);
  });

  it('a time in a gap says how old the answer was then', async () => {
    const { stdout, stderr } = await read('2026-11-22T04:00:01.234Z');
    expect(JSON.parse(stdout)).toMatchObject([{ slot: '2026-11-22T01:00:00Z', balance: '1' }]);
    expect(stderr[0]).toContain('this is 3 h old');
    expect(stderr[0]).toContain('3 expected slots since');
  });

  it('a time before the first snapshot has no rows, and says so', async () => {
    const { exitCode, stdout, stderr } = await read('2020-01-01T00:00:00Z');
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 0,
      stdout: '[]\n',
      stderr: [
        'sg/main: no snapshot at or before 2020-01-01T00:00:00Z, the first is of 2026-11-22T01:00:00Z',
      ],
    });
  });

  it('a date is the start of that day in the stack’s zone', async () => {
    // Midnight in Singapore is 16:00 UTC of the day before.
    const { stderr } = await read('2026-11-22');
    expect(stderr[0]).toContain('no snapshot at or before 2026-11-21T16:00:00Z');
  });

  it('a future time gives the newest snapshot so far, and says so', async () => {
    const { stdout, stderr } = await read('9999-12-31T23:59:59Z');
    expect(JSON.parse(stdout)).toMatchObject([{ balance: '2' }]);
    expect(stderr).toEqual(['9999-12-31T23:59:59Z is in the future: these are the newest snapshots so far']);
  });

  it('a future time does not make an answer older than it is now', async () => {
    const stale = ledgerOf([snapshot('sg/main', SLOT - HOUR)], open('sg/main'));
    const { stderr } = await typed('at 9999-12-31 --real --account sg/main', stale, { now: NOW });
    expect(stderr[1]).toContain('sg/main: this is 1 h 29 min old');
  });

  it('a duration counts back from now', async () => {
    expect(JSON.parse((await read('1h')).stdout)).toMatchObject([{ balance: '1' }]);
  });

  it('leaves out an account closed at that time, even if it was reopened since', async () => {
    const closed = [{ from: SLOT - 4 * HOUR, to: SLOT - HOUR }];
    const accounts = [
      ...open('sg/main', 'th/main'),
      { account: 'sg/old', since: HOURLY.from, closed } as const,
    ];
    const ledger = ledgerOf(
      [
        ...[SLOT - 5 * HOUR, SLOT - HOUR].map((slot) => snapshot('sg/old', slot, [line('USDT', '7')])),
        snapshot('sg/main', SLOT - 3 * HOUR, [line('USDT', '5')]),
        snapshot('th/main', SLOT - 3 * HOUR),
      ],
      accounts,
    );
    const at = (time: string, more = '--currency USDT') =>
      typed(`at 2026-11-22T${time}Z --real --format json ${more}`, ledger, { now: NOW });
    const within = await at('03:00:00', '--total --currency USDT');
    expect(JSON.parse(within.stdout)).toMatchObject([{ currency: 'USDT', total: '5', accounts: 1 }]);
    expect(within.stderr).toContain(
      'sg/old: closed from 2026-11-22T02:00:00Z to 2026-11-22T05:00:00Z and left out; name it with --account to see it',
    );
    const named = await at('03:00:00', '--account sg/old');
    expect(named.stderr).toEqual(['sg/old: closed from 2026-11-22T02:00:00Z to 2026-11-22T05:00:00Z']);
    expect((await at('01:59:59')).stdout).toContain('sg/old');
    expect((await at('05:00:00')).stdout).toContain('sg/old');
  });
});
