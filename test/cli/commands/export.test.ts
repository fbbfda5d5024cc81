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
  snapshot('sg/cold-storage', START + 2 * DAY, [line('<img "onerror>', '1234567890123456789.123456789')]),
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
      '2026-11-23 balance Assets:Upbit:SG:Cold-storage 1234567890123456789.123456789 ~ 0 X..07534D960D58002DE70E',
      '',
      '1970-01-01 open Assets:Upbit:SG:Main',
      '1970-01-01 commodity X.1INCH',
      '  name: "1INCH"',
      '  utf8: "31494e4348"',
      '2026-11-21 balance Assets:Upbit:SG:Main 2 ~ 0 X.1INCH',
      '2026-11-21 balance Assets:Upbit:SG:Main 0.10000001 ~ 0 BTC',
      '2026-11-23 balance Assets:Upbit:SG:Main 3 ~ 0 X.1INCH',
      '2026-11-23 balance Assets:Upbit:SG:Main 0 ~ 0 BTC',
      // The last snapshot is of an empty account.
      '2026-11-24 balance Assets:Upbit:SG:Main 0 ~ 0 X.1INCH',
      '2026-11-24 balance Assets:Upbit:SG:Main 0 ~ 0 BTC',
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

describe('the declarations of a Beancount export', () => {
  const isDeclaration = (text: string) => /^1970-01-01 |^ {2}/.test(text);

  it('are left out by --no-declarations, and written alone by --only-declarations', async () => {
    const whole = (await exported('--format beancount')).stdout.split('\n');
    const without = (await exported('--format beancount --no-declarations')).stdout.split('\n');
    const only = (await exported('--format beancount --only-declarations')).stdout.split('\n');
    const parts = (lines: string[]) => lines.filter((text) => text !== '' && !text.startsWith(';'));
    expect(parts(whole).filter(isDeclaration)).toEqual(parts(only));
    expect(parts(whole).filter((text) => !isDeclaration(text))).toEqual(parts(without));
    expect([parts(only).length, parts(without).length]).toEqual([8, 7]);
  });

  it.each([
    [
      '--format hledger --no-declarations',
      '--no-declarations goes only with --format beancount: hledger has no',
    ],
    ['--only-declarations', '--only-declarations goes only with --format beancount: csv has no declarations'],
    [
      '--format beancount --no-declarations --only-declarations',
      "option '--only-declarations' cannot be used with",
    ],
  ])('are refused with %s', async (words, message) => {
    const { exitCode, stdout, stderr } = await exported(words);
    expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
    expect(stderr.join(' ')).toContain(message);
  });
});

describe('an amount that Beancount would round', () => {
  it('is a comment, and is counted on stderr; one with 28 digits is asserted', async () => {
    const [digits28, digits29] = ['1234567890123456789.012345678', '1234567890123456789.0123456789'];
    const ledger = memoryLedger(catalogOf([MAIN], [HOURLY]), [
      snapshot('sg/main', START, [line('AAA', digits28), line('BBB', digits29), line('CCC', '1e40')]),
      snapshot('sg/main', START + DAY, [line('BBB', '1234567890123456789', '0.0000000001')]),
    ]);
    const words = 'export --real --format beancount --to 2026-11-23';
    const { exitCode, stdout, stderr } = await typed(words, ledger, { now: NOW });
    expect(stdout.match(/^[;\d].*balance.*/gm)).toEqual([
      `2026-11-21 balance Assets:Upbit:SG:Main ${digits28} ~ 0 AAA`,
      `; not asserted, has more than 28 digits: 2026-11-21 balance Assets:Upbit:SG:Main ${digits29} ~ 0 BBB`,
      `2026-11-21 balance Assets:Upbit:SG:Main 1${'0'.repeat(40)} ~ 0 CCC`,
      '2026-11-22 balance Assets:Upbit:SG:Main 0 ~ 0 AAA',
      '; not asserted, has more than 28 digits: 2026-11-22 balance Assets:Upbit:SG:Main 1234567890123456789.0000000001 ~ 0 BBB',
      '2026-11-22 balance Assets:Upbit:SG:Main 0 ~ 0 CCC',
    ]);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: ['sg/main: 2 amounts have too many digits to assert'],
    });
    const hledger = await typed(words.replace('beancount', 'hledger'), ledger, { now: NOW });
    expect(hledger.stdout).toContain(`= ${digits29} BBB`);
    expect(hledger.stderr.join()).not.toContain('digits');
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
      '2026-11-23 Upbit sg/main at 2026-11-23T16:00:00Z',
      '    assets:upbit:sg:main  0 "1INCH" = 0 "1INCH"',
      '    assets:upbit:sg:main  0 BTC = 0 BTC',
      '',
    ]);
    expect(stderr).toEqual(['sg/main: 1 of 4 midnights have no snapshot to assert']);
  });
});

describe('the days of an export', () => {
  const days = [0, 1, 2, 3].map((day) => snapshot('sg/main', START + day * DAY, [line('BTC', `${day}`)]));
  const ledger = memoryLedger(catalogOf([MAIN], [HOURLY]), days);
  const asserted = async (format: string) => {
    const words = `export --real --format ${format} --from 2026-11-21 --to 2026-11-23`;
    const { stdout } = await typed(words, ledger, { now: NOW });
    return stdout.match(/^2026\S+/gm);
  };

  it('are the same in both forms: those that begin in the range, the last one with its end', async () => {
    expect(await asserted('beancount')).toEqual(['2026-11-21', '2026-11-22']);
    expect(await asserted('hledger')).toEqual(['2026-11-21', '2026-11-22']);
  });
});

describe('a currency that was sold out', () => {
  const ledger = memoryLedger(catalogOf([MAIN], [HOURLY]), [
    snapshot('sg/main', START - HOUR, [line('SOL', '9')]),
    snapshot('sg/main', START, [line('ADA', '5.5'), line('BTC', '1')]),
    snapshot('sg/main', START + DAY, [line('BTC', '1')]),
    snapshot('sg/main', START + 2 * DAY, []),
  ]);
  const asserted = async (words: string) => {
    const { stdout } = await typed(`export --real --to 2026-11-24 ${words}`, ledger, { now: NOW });
    return stdout
      .match(/^2026.* ~ 0 \w+|^ .*/gm)
      ?.map((text) => text.trim().replace(/assets:upbit:sg:main {2}0 \w+ = /, ''));
  };

  it('is asserted to be 0 at every later midnight, also if only the snapshot before the range listed it', async () => {
    const beancount = (day: number, text: string) => `2026-11-2${day} balance Assets:Upbit:SG:Main ${text}`;
    expect(await asserted('--format beancount --from 2026-11-21')).toEqual([
      ...['5.5 ~ 0 ADA', '1 ~ 0 BTC', '0 ~ 0 SOL'].map((text) => beancount(1, text)),
      ...['0 ~ 0 ADA', '1 ~ 0 BTC', '0 ~ 0 SOL'].map((text) => beancount(2, text)),
      ...['0 ~ 0 ADA', '0 ~ 0 BTC', '0 ~ 0 SOL'].map((text) => beancount(3, text)),
    ]);
    expect(await asserted('--format hledger --from 2026-11-22')).toEqual(['0 ADA', '0 BTC']);
    expect(await asserted('--format beancount --currency ada --from 2026-11-23')).toEqual([
      beancount(3, '0 ~ 0 ADA'),
    ]);
  });
});
