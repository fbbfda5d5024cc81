import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { remedyOf } from '../../../lambda/core/failures.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { HOURLY, ledgerOf, NOW, open, SLOT } from '../../support/hourly-ledger.ts';
import { catalogOf, failure, line, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const TWO = [
  snapshot('th/main', SLOT, [line('USDT', '7', '0.5', '0', 'THB')]),
  snapshot('sg/main', SLOT, [
    { ...line('BTC', '0.00000001', '2e-1', '65000.5', 'SGD'), avgBuyPriceModified: true },
    line('USDT', '100.250'),
  ]),
];

const BTC = {
  account: 'sg/main',
  slot: '2026-11-22T06:00:00Z',
  observedAt: '2026-11-22T06:00:01.234Z',
  currency: 'BTC',
  balance: '0.00000001',
  locked: '0.2',
  avg_buy_price: '65000.5',
  avg_buy_price_modified: true,
  unit_currency: 'SGD',
};

const COLUMNS =
  'account,slot,observedAt,currency,balance,locked,avg_buy_price,avg_buy_price_modified,unit_currency';

async function json(commandLine: string, ledger = ledgerOf(TWO)) {
  const { stdout } = await typed(`${commandLine} --local --format json`, ledger, { now: NOW });
  return JSON.parse(stdout) as Record<string, unknown>[];
}

describe('balances latest', () => {
  it('prints the documented rows as JSON, by account and currency, keys in order', async () => {
    const { exitCode, stdout } = await typed('latest --local --format json', ledgerOf(TWO), { now: NOW });
    const usdt = {
      ...BTC,
      currency: 'USDT',
      balance: '100.25',
      locked: '0',
      avg_buy_price: '0',
      avg_buy_price_modified: false,
      unit_currency: 'USDT',
    };
    const thai = { ...usdt, account: 'th/main', balance: '7', locked: '0.5', unit_currency: 'THB' };
    expect(JSON.parse(stdout)).toEqual([BTC, usdt, thai]);
    expect(stdout.split('\n')[1]).toBe(`  ${JSON.stringify(BTC)},`);
    expect(exitCode).toBe(0);
  });

  it('prints the same columns as CSV', async () => {
    const { stdout } = await typed('latest --local --format csv --currency BTC', ledgerOf(TWO), { now: NOW });
    expect(stdout).toBe(
      `${COLUMNS}\nsg/main,2026-11-22T06:00:00Z,2026-11-22T06:00:01.234Z,BTC,0.00000001,0.2,65000.5,true,SGD\n`,
    );
  });

  it('quotes CSV cells where needed', async () => {
    const odd = [snapshot('sg/main', SLOT, [line('A"B,C\nD', '1')])];
    const { stdout } = await typed('latest --local --format csv', ledgerOf(odd), { now: NOW });
    expect(stdout).toContain(',"A""B,C\nD",1,0,0,false,USDT\n');
  });

  it('prints a table with aligned amounts, totals, and the word SIMULATED', async () => {
    const { stdout } = await typed('latest --local', ledgerOf(TWO), { now: NOW });
    expect(stdout.split('\n')).toEqual([
      'sg/main  SIMULATED  slot 2026-11-22T14:00:00+08:00  observed 2026-11-22T14:00:01.234+08:00',
      'currency     available  locked         total  average price  in',
      'BTC         0.00000001     0.2    0.20000001        65000.5  SGD',
      'USDT      100.25           0    100.25                  0    USDT',
      '',
      'th/main  SIMULATED  slot 2026-11-22T14:00:00+08:00  observed 2026-11-22T14:00:01.234+08:00',
      'currency  available  locked  total  average price  in',
      'USDT              7     0.5    7.5              0  THB',
      '',
    ]);
  });

  it('fits the terminal', async () => {
    const { stdout } = await typed('latest --real', ledgerOf(TWO), { now: NOW, columns: 50 });
    // The average price is left out before anything else; the total never is.
    expect(stdout).toContain('currency     available  locked         total\nBTC         0.00000001');
    const narrow = await typed('latest --real', ledgerOf(TWO), { now: NOW, columns: 30 });
    expect(narrow.stdout).toContain('currency         total\nBTC         0.20000001\n');
    expect(stdout).not.toContain('SIMULATED');
  });

  it('shows an empty account as one row of nulls, and says so', async () => {
    const ledger = ledgerOf([snapshot('sg/main', SLOT, [])], open('sg/main'));
    const { stdout, stderr } = await typed('latest --real --format json', ledger, { now: NOW });
    expect(JSON.parse(stdout)).toEqual([
      {
        ...BTC,
        currency: null,
        balance: null,
        locked: null,
        avg_buy_price: null,
        avg_buy_price_modified: null,
        unit_currency: null,
      },
    ]);
    expect(stderr).toContain('sg/main: the account is empty');
    const csv = await typed('latest --real --format csv', ledger, { now: NOW });
    expect(csv.stdout.split('\n')[1]).toBe('sg/main,2026-11-22T06:00:00Z,2026-11-22T06:00:01.234Z,,,,,,');
    expect((await typed('latest --real', ledger, { now: NOW })).stdout).toContain('(empty)');
  });

  it('filters by account and by currency (case-insensitive), each repeatable', async () => {
    expect((await json('latest --account th/main')).map(({ account }) => account)).toEqual(['th/main']);
    expect(await json('latest --account th/main --account sg/main --account th/main')).toEqual(
      await json('latest'),
    );
    expect((await json('latest --currency btc')).map(({ currency }) => currency)).toEqual(['BTC']);
    expect(await json('latest --currency btc --currency usdt')).toEqual(await json('latest'));
    expect(await json('latest --currency DOGE')).toEqual([]);
    expect(await json('latest --currency BTC', ledgerOf([snapshot('sg/main', SLOT, [])]))).toEqual([]);
  });

  it('prints only the header for a currency never held, and says so', async () => {
    const csv = await typed('latest --real --format csv --currency DOGE', ledgerOf(TWO), { now: NOW });
    const stderr = [expect.stringMatching(/^--currency DOGE: no snapshot here lists it; listed are .*BTC/)];
    expect(csv).toMatchObject({ exitCode: 0, stdout: `${COLUMNS}\n`, stderr });
    const table = await typed('latest --real --currency DOGE', ledgerOf(TWO), { now: NOW });
    expect(table).toMatchObject({ exitCode: 0, stdout: '', stderr });
    const some = await typed('latest --real --total --currency DOGE --currency btc', ledgerOf(TWO), {
      now: NOW,
    });
    expect(some).toMatchObject({ exitCode: 0, stderr });
    const none = await typed('latest --real --currency DOGE', ledgerOf([]), { now: NOW });
    expect(none.stderr.join()).not.toContain('--currency');
  });

  it('has no notes if every account has a snapshot of its last expected slot', async () => {
    expect((await typed('latest --real', ledgerOf(TWO), { now: NOW })).stderr).toEqual([]);
  });

  it('says once per account that the data is SIMULATED', async () => {
    const { stderr } = await typed('latest --local', ledgerOf(TWO), { now: NOW });
    expect(stderr).toEqual(['sg/main: SIMULATED data', 'th/main: SIMULATED data']);
  });

  it('reports a failure newer than the newest success, its remedy, and the age of the answer', async () => {
    const entries = [
      snapshot('sg/main', SLOT - 2 * HOUR),
      failure('sg/main', SLOT - HOUR),
      failure('sg/main', SLOT),
    ];
    const { stdout, stderr } = await typed(
      'latest --real --format json',
      ledgerOf(entries, open('sg/main')),
      { now: NOW },
    );
    expect(JSON.parse(stdout)).toMatchObject([{ slot: '2026-11-22T04:00:00Z' }]);
    expect(stderr[0]).toBe(
      'sg/main: this is 2 h 29 min old, observed 2026-11-22T04:00:01.234Z; ' +
        '2 expected slots since then without a snapshot, the last is 2026-11-22T06:00:00Z; ' +
        `upbit.timeout at 2026-11-22T06:00:00Z, no answer within 5 s: ${remedyOf('upbit.timeout')}`,
    );
  });

  it('reports a failure that may still recover, although its slot is not due', async () => {
    const entries = [
      snapshot('sg/main', SLOT - HOUR),
      failure('sg/main', SLOT, 'key.futuristic', { detail: '' }),
    ];
    const { stderr } = await typed('latest --real', ledgerOf(entries, open('sg/main')), {
      now: SLOT + MINUTE,
    });
    expect(stderr[0]).toBe(
      'sg/main: this is 1 h old, observed 2026-11-22T05:00:01.234Z; key.futuristic at 2026-11-22T06:00:00Z',
    );
  });

  it('says if nothing was recorded for the last expected slot', async () => {
    const { stderr } = await typed(
      'latest --real',
      ledgerOf([snapshot('sg/main', SLOT - HOUR)], open('sg/main')),
      { now: NOW },
    );
    expect(stderr[0]).toContain(
      '1 expected slot since then without a snapshot, the last is 2026-11-22T06:00:00Z; nothing was recorded for 2026-11-22T06:00:00Z',
    );
  });

  it('prints one line per account, whatever a detail contains', async () => {
    const nasty = failure('sg/main', SLOT, 'upbit.refused', { detail: 'two\nlines\u001b[2J' });
    const { stderr } = await typed('latest --real', ledgerOf([nasty], open('sg/main')), { now: NOW });
    expect(stderr.filter((text) => text.startsWith('sg/main: '))).toHaveLength(1);
    expect(stderr.join()).not.toContain('\u001b');
  });

  it('reports a region without accounts under its default account', async () => {
    const entries = [
      failure('th/main', SLOT, 'keys.missing', { detail: 'the secret has no entry for th/main' }),
    ];
    const { stdout, stderr } = await typed(
      'latest --real --format json',
      ledgerOf(entries, open('sg/main')),
      { now: NOW },
    );
    expect(stdout).toBe('[]\n');
    expect(stderr.find((text) => text.startsWith('th/main: no snapshot'))).toContain(
      `keys.missing at 2026-11-22T06:00:00Z, the secret has no entry for th/main: ${remedyOf('keys.missing')}`,
    );
  });

  it('leaves out a closed account and says so, unless it is named', async () => {
    const accounts = [
      ...open('sg/main', 'th/main'),
      { account: 'sg/old', since: HOURLY.from, closedFrom: SLOT - HOUR } as const,
    ];
    const ledger = ledgerOf([...TWO, snapshot('sg/old', SLOT - 2 * HOUR)], accounts);
    const all = await typed('latest --real --format json', ledger, { now: NOW });
    expect(all.stdout).not.toContain('sg/old');
    expect(all.stderr).toEqual([
      'sg/old: closed from 2026-11-22T05:00:00Z and left out; name it with --account to see it',
    ]);
    const named = await typed('latest --real --format json --account sg/old', ledger, { now: NOW });
    expect(JSON.parse(named.stdout)).toMatchObject([{ account: 'sg/old' }]);
    expect(named.stderr).toEqual(['sg/old: closed from 2026-11-22T05:00:00Z']);
    const before = await typed(`at 2026-11-22T04:30:00Z --real --format json`, ledger, { now: NOW });
    expect(before.stdout).toContain('sg/old');
  });

  it('says that a region has left the schedule', async () => {
    const catalog = catalogOf(open('sg/main'), [HOURLY, { ...HOURLY, from: SLOT - HOUR, regions: ['th'] }]);
    const ledger = memoryLedger(catalog, [snapshot('sg/main', SLOT - 2 * HOUR)]);
    const { stderr } = await typed('latest --real --account sg/main', ledger, { now: NOW });
    expect(stderr).toEqual(['sg/main: region sg is no longer in the schedule']);
  });

  it('prints nothing for an empty ledger, and says so on stderr', async () => {
    const ran = await typed('latest --real --format json', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
      stderr: ['the ledger has no accounts to show yet'],
    });
  });
});

describe('balances latest --total', () => {
  it('sums exactly by currency over the accounts', async () => {
    const oldest_slot = '2026-11-22T06:00:00Z';
    expect(await json('latest --total')).toEqual([
      {
        currency: 'BTC',
        balance: '0.00000001',
        locked: '0.2',
        total: '0.20000001',
        accounts: 1,
        oldest_slot,
      },
      { currency: 'USDT', balance: '107.25', locked: '0.5', total: '107.75', accounts: 2, oldest_slot },
    ]);
  });

  it('keeps digits that a binary float would lose', async () => {
    const entries = [
      snapshot('sg/main', SLOT, [line('BTC', '12345678901234567890.1')]),
      snapshot('th/main', SLOT, [line('ADA', '1'), line('BTC', '0.00000000000000000002')]),
    ];
    expect(await json('latest --total', ledgerOf(entries))).toMatchObject([
      { currency: 'ADA', balance: '1' },
      { currency: 'BTC', balance: '12345678901234567890.10000000000000000002' },
    ]);
  });

  it('prints a table or CSV too, and respects the filters', async () => {
    const csv = await typed('latest --real --total --format csv --currency usdt', ledgerOf(TWO), {
      now: NOW,
    });
    expect(csv.stdout).toBe(
      'currency,balance,locked,total,accounts,oldest_slot\nUSDT,107.25,0.5,107.75,2,2026-11-22T06:00:00Z\n',
    );
    const table = await typed('latest --local --total --currency BTC', ledgerOf(TWO), { now: NOW });
    expect(table.stdout.split('\n')).toEqual([
      'SIMULATED',
      'currency   available  locked       total  accounts  oldest slot',
      'BTC       0.00000001     0.2  0.20000001         1  2026-11-22T14:00:00+08:00',
      '',
    ]);
  });

  it('that rests on an old snapshot, or lacks one, says so in one line, with exit code 3', async () => {
    const accounts = open('sg/late', 'sg/main', 'th/none');
    const old = snapshot('sg/late', SLOT - 43 * HOUR, [line('BTC', '1')]);
    const ledger = ledgerOf(
      [old, failure('sg/late', SLOT), snapshot('sg/main', SLOT, [line('BTC', '2'), line('ADA', '1')])],
      accounts,
    );
    const ran = await typed('latest --real --total --format json', ledger, { now: NOW });
    expect(JSON.parse(ran.stdout)).toEqual([
      {
        currency: 'ADA',
        balance: '1',
        locked: '0',
        total: '1',
        accounts: 1,
        oldest_slot: '2026-11-22T06:00:00Z',
      },
      {
        currency: 'BTC',
        balance: '3',
        locked: '0',
        total: '3',
        accounts: 2,
        oldest_slot: '2026-11-20T11:00:00Z',
      },
    ]);
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr.at(-1)).toBe(
      'the total is not complete: sg/late has no snapshot of 2026-11-22T06:00:00Z, so its amounts are of 2026-11-20T11:00:00Z; th/none has no snapshot and is left out (expected at 2026-11-22T06:00:00Z)',
    );
    // At a time when nothing was missed, it is complete.
    const then = await typed('at 2026-11-20T11:00:00Z --real --total --account sg/late', ledger, {
      now: NOW,
    });
    expect(then.exitCode).toBe(0);
    expect((await typed('latest --real', ledger, { now: NOW })).exitCode).toBe(0);
  });
});

describe('a snapshot of a slot in the future', () => {
  it('is left out, and its account’s note says so', async () => {
    const ledger = ledgerOf(
      [snapshot('sg/main', SLOT, [line('BTC', '1')]), snapshot('sg/main', SLOT + 90 * 24 * HOUR)],
      open('sg/main'),
    );
    const { stdout, stderr } = await typed('latest --real --format json', ledger, { now: NOW });
    expect(JSON.parse(stdout)).toMatchObject([{ slot: '2026-11-22T06:00:00Z', balance: '1' }]);
    expect(stderr).toEqual([
      'sg/main: its item of 2027-02-20T06:00:00Z is in the future and is left out: check the clocks of this host and of the one that wrote it',
    ]);
    const later = await typed('at 2027-03-01 --real --format json', ledger, { now: NOW });
    expect(JSON.parse(later.stdout)).toMatchObject([{ slot: '2026-11-22T06:00:00Z' }]);
  });
});
