import { describe, expect, it } from 'vitest';
import type { AccountEntry, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import type { PriceSheet } from '../../../lambda/core/prices.ts';
import { NOW as AT_HALF_PAST, ledgerOf, open, SLOT } from '../../support/hourly-ledger.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  sheet,
  snapshot,
  time,
} from '../../support/memory-ledger.ts';
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
    ['--format hledger --no-declarations', '--no-declarations needs --format beancount: hledger has no'],
    ['--only-declarations', '--only-declarations needs --format beancount: csv has no declarations'],
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

describe('balances export --value', () => {
  const SG = snapshot('sg/main', SLOT, [line('ADA', '100', '20.5'), line('FLR', '3'), line('SGD', '5')]);
  const TH = snapshot('th/main', SLOT, [line('DOGE', '10')]);
  const PRICES = [
    sheet('sg', SLOT, { 'SGD-ADA': '1.2204', 'SGD-SOL': '180', 'SGD-USDT': ['1.34', SLOT - 5 * HOUR] }),
    sheet('th', SLOT, { 'THB-DOGE': '4.9', 'THB-USDT': '35' }),
  ];
  const LEDGER_OF_TWO = ledgerOf(
    [snapshot('sg/main', SLOT - HOUR, [line('ADA', '1'), line('SOL', '7')]), SG, TH],
    undefined,
    PRICES,
  );
  const valued = (words: string) =>
    typed(`export --real --value ${words}`, LEDGER_OF_TWO, { now: AT_HALF_PAST });

  it('adds price, way, value and unit to the columns, empty where there is no price', async () => {
    const { exitCode, stdout, stderr } = await valued('--account sg/main');
    const plain = '2026-11-22T06:00:00Z,2026-11-22T06:00:01.234Z';
    expect(stdout.split('\n')).toEqual([
      'account,slot,observedAt,currency,balance,locked,avg_buy_price,avg_buy_price_modified,unit_currency,price,via,value,in',
      'sg/main,2026-11-22T05:00:00Z,2026-11-22T05:00:01.234Z,ADA,1,0,0,false,USDT,,,,SGD',
      'sg/main,2026-11-22T05:00:00Z,2026-11-22T05:00:01.234Z,SOL,7,0,0,false,USDT,,,,SGD',
      `sg/main,${plain},ADA,100,20.5,0,false,USDT,1.2204,SGD-ADA,147.0582,SGD`,
      `sg/main,${plain},FLR,3,0,0,false,USDT,,,,SGD`,
      `sg/main,${plain},SGD,5,0,0,false,USDT,1,,5,SGD`,
      `sg/main,${plain},SOL,0,0,,,,180,SGD-SOL,0,SGD`,
      '',
    ]);
    expect(exitCode).toBe(0);
    expect(stderr.slice(1)).toEqual([
      'sg: 1 of 2 slots have no prices (the last is 2026-11-22T05:00:00Z), so values that need one are unknown; the first slot with prices is 2026-11-22T06:00:00Z',
      'sg/main: no market has a price for FLR in SGD',
    ]);
  });

  it('is given as in worth: over several regions in USDT, or --in another, as json and jsonl', async () => {
    const rowsOf = async (words: string): Promise<Record<string, unknown>[]> =>
      JSON.parse((await valued(`--format json ${words}`)).stdout);
    const worth = await typed('worth --real --format json', LEDGER_OF_TWO, { now: AT_HALF_PAST });
    const told: Record<string, unknown>[] = JSON.parse(worth.stdout);
    for (const row of told.slice(0, -1)) {
      const { total: _, ...same } = row;
      expect(await rowsOf('--every 1h')).toContainEqual(expect.objectContaining(same));
    }
    expect(told).toHaveLength(5);
    const last = (await rowsOf('--in sgd')).at(-1);
    expect(last).toMatchObject({
      currency: 'DOGE',
      via: 'THB-DOGE ÷ THB-USDT × sg SGD-USDT',
      value: '1.876',
      in: 'SGD',
    });
    const { stdout, stderr } = await valued('--format jsonl --in sgd');
    expect(JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '')).toEqual(last);
    expect(stderr.at(-1)).toBe(
      'th: last trade more than an hour old: sg SGD-USDT 5 h before 2026-11-22T06:00:00Z',
    );
  });

  it('has one row of nulls for an empty account, and only the currencies asked for', async () => {
    const ledger = ledgerOf([snapshot('sg/main', SLOT, [])], open('sg/main'), PRICES);
    const { stdout, stderr } = await typed('export --real --value --format json', ledger, {
      now: AT_HALF_PAST,
    });
    expect(JSON.parse(stdout)).toMatchObject([
      { currency: null, price: null, via: null, value: null, in: 'SGD' },
    ]);
    expect(stderr.filter((text) => text.startsWith('sg:'))).toEqual([]);
    const one = await valued('--currency ada --account sg/main');
    expect(one.stdout.match(/,(ADA|FLR|SGD|SOL),/g)).toEqual([',ADA,', ',ADA,']);
    expect(one.stderr.join()).not.toContain('FLR');
  });

  it('values each snapshot by the prices of its own slot, however many there are', async () => {
    const slots = Array.from({ length: 250 }, (_, hour) => SLOT - hour * HOUR);
    const ledger = memoryLedger(
      catalogOf([{ account: 'sg/main', since: SLOT - 249 * HOUR }], [{ ...HOURLY, from: SLOT - 249 * HOUR }]),
      slots.map((slot, hour) => snapshot('sg/main', slot, [line('BTC', `${hour + 1}`)])),
      slots.map((slot, hour) => sheet('sg', slot, { 'SGD-BTC': `${1000 + hour}` })),
    );
    const { stdout } = await typed('export --real --value --format json', ledger, { now: AT_HALF_PAST });
    const rows: { balance: string; value: string }[] = JSON.parse(stdout);
    expect(rows.map(({ value }) => value)).toEqual(
      rows.map(({ balance }) => `${Number(balance) * (999 + Number(balance))}`),
    );
    expect(rows).toHaveLength(250);
  });
});

describe('balances export --prices', () => {
  const th: AccountEntry = { account: 'th/main', since: START - 5 * HOUR };
  const two: ScheduleEntry = { ...HOURLY, regions: ['sg', 'th'] };
  const next = START + DAY;
  const ledger = memoryLedger(
    catalogOf([MAIN, th], [two]),
    [
      snapshot('sg/main', START, [
        line('1INCH', '2'),
        line('BTC', '0.5'),
        line('SGD', '9'),
        line('비트', '1'),
      ]),
      snapshot('sg/main', START + HOUR, [line('BTC', '8')]),
      snapshot('sg/main', next, [line('BTC', '0.25'), line('ETH', '4')]),
      snapshot('th/main', START, [line('BTC', '1'), line('USDT', '3')]),
    ],
    [
      sheet('sg', START, {
        'SGD-BTC': '86028.123456789',
        'USDT-1INCH': '0.2',
        'SGD-USDT': ['1.34', START - 5 * HOUR],
        'BTC-비트': '0.00000001',
      }),
      sheet('sg', START + HOUR, { 'SGD-BTC': '1' }),
      sheet('sg', next, { 'SGD-BTC': '90000', 'USDT-BTC': '70000.7' }),
      sheet('th', next, { 'THB-USDT': '35' }),
      sheet('th', START, { 'THB-BTC': '2345678', 'THB-USDT': '35' }),
    ],
  );
  const pricesOf = async (words: string, to = '2026-11-23') => {
    const { stdout, stderr, exitCode } = await typed(`export --real --prices --to ${to} ${words}`, ledger, {
      now: NOW,
    });
    expect(exitCode).toBe(0);
    const [assertions = '', prices = ''] = stdout.split('\n; Prices');
    return { assertions, prices: prices.split('\n').slice(1, -1), stderr };
  };

  it('are written for Beancount on the day that begins, in the currency of each region, with their markets', async () => {
    const { prices, stderr } = await pricesOf('--format beancount --from 2026-11-21');
    expect(prices).toEqual([
      '2026-11-21 price X.1INCH 0.268 SGD ; SGD-USDT * USDT-1INCH, SGD-USDT last traded 2026-11-20T11:00:00.000Z',
      '2026-11-21 price BTC 86028.123456789 SGD ; SGD-BTC',
      '2026-11-21 price BTC 2345678 THB ; THB-BTC',
      '2026-11-21 price USDT 35 THB ; THB-USDT',
      '2026-11-21 price X._EB_B9_84_ED_8A_B8 0.00086028123456789 SGD ; SGD-BTC * BTC-%EB%B9%84%ED%8A%B8',
      '2026-11-22 price BTC 90000 SGD ; SGD-BTC',
    ]);
    expect(stderr).toEqual([
      'th/main: 1 of 2 midnights have no snapshot to assert',
      'sg/main: no market has a price for ETH in SGD',
      'sg: last trade more than an hour old: SGD-USDT 5 h before 2026-11-20T16:00:00Z',
    ]);
  });

  it('are written for hledger on the day that ends, for the currencies asked for', async () => {
    const { prices } = await pricesOf('--format hledger --account sg/main --currency btc --currency 1inch');
    expect(prices).toEqual([
      'P 2026-11-20 "1INCH" 0.268 SGD  ; SGD-USDT * USDT-1INCH, SGD-USDT last traded 2026-11-20T11:00:00.000Z',
      'P 2026-11-20 BTC 86028.123456789 SGD  ; SGD-BTC',
      'P 2026-11-21 BTC 90000 SGD  ; SGD-BTC',
    ]);
  });

  it('are one a day, currency and unit: with --in, that of the unit’s own region; a quotient says so', async () => {
    const { prices } = await pricesOf('--format beancount --currency btc --in thb');
    expect(prices).toEqual([
      '2026-11-21 price BTC 2345678 THB ; THB-BTC',
      '2026-11-22 price BTC 2450024.5 THB ; USDT-BTC * th THB-USDT',
    ]);
    const inUsdt = await pricesOf('--format hledger --account th/main --in usdt');
    expect(inUsdt.prices).toEqual([
      'P 2026-11-20 BTC 67019.3714286 USDT  ; THB-BTC / THB-USDT, rounded to 12 digits',
    ]);
    const ofBoth = await pricesOf('--format hledger --currency btc --in usdt', '2026-11-21');
    expect(ofBoth.prices).toEqual([
      'P 2026-11-20 BTC 64200.0921319 USDT  ; SGD-BTC / SGD-USDT, rounded to 12 digits, SGD-USDT last traded 2026-11-20T11:00:00.000Z',
    ]);
  });

  it('change no assertion and no declaration', async () => {
    for (const more of ['--format hledger', '--format beancount', '--format beancount --no-declarations']) {
      const plain = await typed(`export --real --to 2026-11-23 ${more}`, ledger, { now: NOW });
      expect((await pricesOf(more)).assertions).toBe(plain.stdout);
    }
  });

  it('keep a name with a line end in its comment, and are left out where none were recorded', async () => {
    const odd = [snapshot('sg/main', START, [line('A\nB', '1')])];
    const words = 'export --real --prices --format hledger --to 2026-11-22';
    const run = (sheets: readonly PriceSheet[]) =>
      typed(words, memoryLedger(catalogOf([MAIN], [HOURLY]), odd, sheets), { now: NOW });
    const { stdout } = await run([sheet('sg', START, { 'SGD-A\nB': '2' })]);
    expect(stdout.split('\n').slice(-2)).toEqual(['P 2026-11-20 "A%0AB" 2 SGD  ; SGD-A%0AB', '']);
    const without = await run([]);
    expect(without.stdout).not.toContain('Prices');
    expect(without.stderr).toContain(
      'sg: no prices were recorded for 2026-11-20T16:00:00Z, so values that need one are unknown',
    );
  });

  it.each([
    ['--prices', '--prices needs --format beancount or hledger; with csv, use --value instead'],
    ['--value --format hledger', '--value cannot be used with --format hledger: use --prices instead'],
    ['--prices --format beancount --only-declarations', '--prices cannot be used with --only-declarations'],
    ['--in SGD', '--in needs --value, whose currency it sets'],
    ['--in SGD --format beancount', '--in needs --prices, whose currency it sets'],
    [
      '--value --in EUR',
      '--in "EUR": no market of this ledger’s regions has a price in it; allowed are SGD, THB, USDT, BTC',
    ],
  ])('refuses %s with one sentence', async (words, message) => {
    const { exitCode, stdout, stderr } = await typed(`export --real ${words}`, ledger, { now: NOW });
    expect({ exitCode, stdout, lines: stderr.length }).toEqual({ exitCode: 2, stdout: '', lines: 1 });
    expect(stderr[0]).toContain(`error: ${message}`);
  });
});
