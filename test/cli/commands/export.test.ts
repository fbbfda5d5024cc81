import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

/** Midnight in Singapore. */
const START = time('2026-11-20T16:00:00Z');
const NOW = START + 3 * DAY + 30 * MINUTE;
const MAIN: AccountEntry = { account: 'sg/main', since: START - 5 * HOUR };
const COLD: AccountEntry = { account: 'sg/cold-storage', since: START + 30 * HOUR };
const HOURLY: ScheduleEntry = { from: MAIN.since, every: '1h', timeZone: 'Asia/Singapore', regions: ['sg'] };
const LEDGER = memoryLedger(catalogOf([COLD, MAIN], [HOURLY]), [
  snapshot('sg/main', START - HOUR, [line('BTC', '9')]),
  snapshot('sg/main', START, [line('1INCH', '2'), line('BTC', '0.10', '0.00000001')]),
  snapshot('sg/main', START + HOUR, [line('BTC', '8')]),
  failure('sg/main', START + DAY),
  snapshot('sg/main', START + DAY + HOUR, [line('BTC', '7')]),
  snapshot('sg/main', START + 2 * DAY, [line('1INCH', '3'), line('BTC', '0')]),
  snapshot('sg/main', START + 3 * DAY, []),
  snapshot('sg/cold-storage', START + 2 * DAY, [line('<img "onerror>', '12345678901234567890.123456789')]),
]);

const exported = (words: string) => typed(`export --real ${words}`, LEDGER, { now: NOW });

describe('balances export --format csv', () => {
  it('has the columns of history, and is the default', async () => {
    const range = '--account sg/main --from 2026-11-21 --to 2026-11-22 --currency btc';
    const { exitCode, stdout } = await exported(range);
    expect(stdout.split('\n')).toEqual([
      'account,slot,observedAt,currency,balance,locked,avg_buy_price,avg_buy_price_modified,unit_currency',
      'sg/main,2026-11-20T16:00:00Z,2026-11-20T16:00:01.234Z,BTC,0.1,0.00000001,0,false,USDT',
      'sg/main,2026-11-20T17:00:00Z,2026-11-20T17:00:01.234Z,BTC,8,0,0,false,USDT',
      '',
    ]);
    expect(exitCode).toBe(0);
    const daily = await exported(`${range} --every 1d`);
    expect(daily.stdout.split('\n')).toHaveLength(3);
  });

  it('has no cell that a spreadsheet would compute', async () => {
    const names = [
      '=1+1',
      '+1',
      '-1',
      '@SUM(A1)',
      '\t=1',
      '\r=1',
      '\n1',
      ' =1',
      '＝1',
      '＠A',
      "'=1",
      '=HYPERLINK("x","y")',
      'A=1',
    ];
    const ledger = memoryLedger(catalogOf([MAIN], [HOURLY]), [
      snapshot(
        'sg/main',
        START,
        names.map((name) => line(name, '1', '0', '0', name)),
      ),
    ]);
    const { stdout } = await typed('export --real', ledger, { now: NOW });
    for (const cell of [
      "'=1+1",
      "'+1",
      "'-1",
      "'@SUM(A1)",
      "'\t=1",
      '"\'\r=1"',
      '"\'\n1"',
      "' =1",
      "'＝1",
      "'＠A",
      "''=1",
      `"'=HYPERLINK(""x"",""y"")"`,
      'A=1',
    ]) {
      expect(stdout).toContain(`,${cell},1,0,0,false,${cell}\n`);
    }
  });
});

describe('balances export --format json', () => {
  it('is the output of history', async () => {
    const { stdout } = await exported('--format json');
    expect(stdout).toBe((await typed('history --real --format json', LEDGER, { now: NOW })).stdout);
  });
});

describe('balances export --format jsonl', () => {
  it('is one row per line, as in history', async () => {
    const { stdout } = await exported('--format jsonl --account sg/main --to 2026-11-21');
    expect(stdout).toBe(
      '{"account":"sg/main","slot":"2026-11-20T15:00:00Z","observedAt":"2026-11-20T15:00:01.234Z","currency":"BTC","balance":"9","locked":"0","avg_buy_price":"0","avg_buy_price_modified":false,"unit_currency":"USDT"}\n',
    );
    const all = await exported('--format jsonl');
    const history = await typed('history --real --format json', LEDGER, { now: NOW });
    const rows = all.stdout
      .trimEnd()
      .split('\n')
      .map((text): unknown => JSON.parse(text));
    expect(rows).toEqual(JSON.parse(history.stdout));
    expect(all.stderr).toEqual(history.stderr);
  });
});

describe('balances export --format beancount', () => {
  it('asserts holdings at midnight on the day that begins, and no other slot', async () => {
    const { exitCode, stdout, stderr } = await exported('--format beancount');
    expect(stdout.split('\n')).toEqual([
      '; Held on Upbit, available and locked, at the first instant of each day in Asia/Singapore. Include this file in a ledger that has the transactions.',
      '',
      '1970-01-01 open Assets:Upbit:SG:Cold-storage',
      '1970-01-01 commodity X..07534D960D58002DE70E',
      '  name: "<img \\"onerror>"',
      '  utf8: "3c696d6720226f6e6572726f723e"',
      '2026-11-23 balance Assets:Upbit:SG:Cold-storage 12345678901234567890.123456789 ~ 0 X..07534D960D58002DE70E',
      '',
      '1970-01-01 open Assets:Upbit:SG:Main',
      '1970-01-01 commodity X.1INCH',
      '  name: "1INCH"',
      '  utf8: "31494e4348"',
      '2026-11-21 balance Assets:Upbit:SG:Main 2 ~ 0 X.1INCH',
      '2026-11-21 balance Assets:Upbit:SG:Main 0.10000001 ~ 0 BTC',
      '2026-11-23 balance Assets:Upbit:SG:Main 3 ~ 0 X.1INCH',
      '2026-11-23 balance Assets:Upbit:SG:Main 0 ~ 0 BTC',
      '',
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: [
        'sg/cold-storage: 1 of 2 midnights have no snapshot to assert',
        'sg/main: 1 of 4 midnights have no snapshot to assert',
      ],
    });
  });

  it('is half-open, respects --currency, and accepts a redundant --every 1d', async () => {
    const { stdout } = await exported(
      '--format beancount --every 1d --account sg/main --currency btc --from 2026-11-21 --to 2026-11-23',
    );
    expect(stdout.match(/^2026.*/gm)).toEqual(['2026-11-21 balance Assets:Upbit:SG:Main 0.10000001 ~ 0 BTC']);
  });

  it('says if the range contains no midnight, and that data is SIMULATED', async () => {
    const { stdout, stderr } = await typed(
      'export --local --format beancount --account sg/main --from 2h --to 1h',
      LEDGER,
      { now: NOW },
    );
    expect(stdout).toMatch(/^; SIMULATED data\n; Held on Upbit/);
    expect(stdout).not.toContain('open');
    expect(stderr).toEqual([
      'sg/main: SIMULATED data; its part of the range contains no midnight of Asia/Singapore',
    ]);
  });
});

describe('balances export --format hledger', () => {
  it('asserts holdings at midnight on the day that ends, after its transactions', async () => {
    const { stdout, stderr } = await exported('--format hledger --account sg/main');
    expect(stdout.split('\n')).toEqual([
      '; Held on Upbit, available and locked, at the end of each day in Asia/Singapore. Include this file after all transactions.',
      'decimal-mark .',
      '',
      '2026-11-20 Upbit sg/main at 2026-11-20T16:00:00Z',
      '    assets:upbit:sg:main  0 "1INCH" = 2 "1INCH"',
      '    assets:upbit:sg:main  0 BTC = 0.10000001 BTC',
      '',
      '2026-11-22 Upbit sg/main at 2026-11-22T16:00:00Z',
      '    assets:upbit:sg:main  0 "1INCH" = 3 "1INCH"',
      '    assets:upbit:sg:main  0 BTC = 0 BTC',
      '',
    ]);
    expect(stderr).toEqual(['sg/main: 1 of 4 midnights have no snapshot to assert']);
  });
});
