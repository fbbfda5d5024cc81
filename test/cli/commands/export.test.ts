import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { beancountCurrency } from '../../../cli/export/beancount.ts';
import { hledgerSymbol } from '../../../cli/export/hledger.ts';
import { safeRow } from '../../../cli/export/spreadsheet.ts';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { currency } from '../../support/arbitraries.ts';
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
  it('has the columns of history, and is what is exported by default', async () => {
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

  it('has no cell that a spreadsheet computes', async () => {
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

  it('gives every text back, one apostrophe off', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('=', "'", "'=", '+1', '\t', '\r', ' =', '＝')),
        (text) => {
          const { cell } = safeRow({ cell: text });
          expect(String(cell)).not.toMatch(/^[=+\-@\t\r]/);
          expect(String(cell).replace(/^'/, '')).toBe(text);
        },
      ),
    );
  });
});

describe('balances export --format json', () => {
  it('is what history prints', async () => {
    const { stdout } = await exported('--format json');
    expect(stdout).toBe((await typed('history --real --format json', LEDGER, { now: NOW })).stdout);
  });
});

describe('balances export --format jsonl', () => {
  it('is one row a line, as history prints it', async () => {
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
  it('asserts what is held at midnight on the day that begins, and nothing of any other slot', async () => {
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

  it('is half-open, follows the currency, and takes --every 1d for what it does anyway', async () => {
    const { stdout } = await exported(
      '--format beancount --every 1d --account sg/main --currency btc --from 2026-11-21 --to 2026-11-23',
    );
    expect(stdout.match(/^2026.*/gm)).toEqual(['2026-11-21 balance Assets:Upbit:SG:Main 0.10000001 ~ 0 BTC']);
  });

  it('says where no midnight lies in the range, and that data is SIMULATED', async () => {
    const { stdout, stderr } = await typed(
      'export --local --format beancount --account sg/main --from 2h --to 1h',
      LEDGER,
      { now: NOW },
    );
    expect(stdout).toMatch(/^; SIMULATED data\n; Held on Upbit/);
    expect(stdout).not.toContain('open');
    expect(stderr).toEqual([
      'sg/main: SIMULATED data; no midnight of Asia/Singapore lies in its part of the range',
    ]);
  });

  it('maps every currency to a name Beancount takes, and no two to one', () => {
    const names = new Map<string, string>();
    fc.assert(
      fc.property(
        fc.oneof(
          currency,
          fc.constantFrom('B', 'X.B', 'X.1INCH', '1INCH', 'X', '_', 'A'.repeat(24), 'A'.repeat(25), 'X..'),
          fc.string({ maxLength: 64, minLength: 1 }),
        ),
        (upbit) => {
          const name = beancountCurrency(upbit);
          expect(name).toMatch(/^[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/);
          expect(names.get(name) ?? upbit).toBe(upbit);
          names.set(name, upbit);
        },
      ),
      { numRuns: 2_000 },
    );
    expect(['BTC', '1INCH', 'btc', 'T', 'X.T'].map(beancountCurrency)).toEqual([
      'BTC',
      'X.1INCH',
      'X._62_74_63',
      'X.T',
      'X.X_2ET',
    ]);
  });
});

describe('balances export --format hledger', () => {
  it('asserts what is held at midnight on the day that ends, after its transactions', async () => {
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

  it('writes every currency so that it can be read back', () => {
    fc.assert(
      fc.property(
        fc.oneof(currency, fc.string({ minLength: 1 }), fc.constantFrom('A;B', 'A"', '%41', ' ')),
        (upbit) => {
          const symbol = hledgerSymbol(upbit);
          expect(symbol).toMatch(/^([A-Za-z]+|"[^";%\n]*(%[0-9A-F]{2}[^";%\n]*)*")$/);
          const inside = symbol.replace(/^"|"$/g, '');
          expect(decodeURIComponent(inside)).toBe(upbit);
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
