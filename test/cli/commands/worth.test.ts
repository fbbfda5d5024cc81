import { describe, expect, it } from 'vitest';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { HOURLY, ledgerOf, NOW, open, SLOT } from '../../support/hourly-ledger.ts';
import { catalogOf, line, memoryLedger, sheet, snapshot, unreadable } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const SG = snapshot('sg/main', SLOT, [
  line('ADA', '100', '20.5', '0.8'),
  line('FLR', '0.00000305'),
  line('SGD', '5', '0', '0', 'SGD'),
]);
const TH = snapshot('th/main', SLOT, [line('DOGE', '10', '0', '4.5', 'THB')]);
const SG_PRICES = sheet('sg', SLOT, {
  'SGD-ADA': '1.2204',
  'USDT-ADA': '0.91',
  'SGD-USDT': ['1.34', SLOT - 5 * HOUR],
});
const TH_PRICES = sheet('th', SLOT, { 'THB-DOGE': '4.9', 'THB-USDT': '35' });
const BOTH = ledgerOf([SG, TH], undefined, [SG_PRICES, TH_PRICES]);

const ask = (commandLine: string, ledger = BOTH, columns?: number) =>
  typed(`worth --local ${commandLine}`.trim().split(/\s+/), ledger, {
    now: NOW,
    ...(columns === undefined ? {} : { columns }),
  });
const rowsOf = async (commandLine: string, ledger = BOTH) =>
  JSON.parse((await ask(`${commandLine} --format json`, ledger)).stdout) as Record<string, unknown>[];

describe('balances worth', () => {
  it('prints the documented rows as JSON, exact, and one for the sum', async () => {
    const slot = '2026-11-22T06:00:00Z';
    expect(await rowsOf('--account sg/main')).toEqual([
      {
        account: 'sg/main',
        slot,
        currency: 'ADA',
        total: '120.5',
        price: '1.2204',
        via: 'SGD-ADA',
        value: '147.0582',
        in: 'SGD',
      },
      {
        account: 'sg/main',
        slot,
        currency: 'FLR',
        total: '0.00000305',
        price: null,
        via: null,
        value: null,
        in: 'SGD',
      },
      { account: 'sg/main', slot, currency: 'SGD', total: '5', price: '1', via: null, value: '5', in: 'SGD' },
      {
        account: null,
        slot,
        currency: null,
        total: null,
        price: null,
        via: null,
        value: '152.0582',
        in: 'SGD',
        unpriced: ['FLR'],
      },
    ]);
  });

  it('is given in the region’s own currency, or in USDT over several regions, or --in another, in any case', async () => {
    expect((await rowsOf('--account th/main')).map((row) => row['in'])).toEqual(['THB', 'THB']);
    expect((await rowsOf('')).at(-1)).toMatchObject({
      in: 'USDT',
      value: '114.78634328358',
      unpriced: ['FLR'],
    });
    expect((await rowsOf('--in sgd')).at(-2)).toMatchObject({
      account: 'th/main',
      currency: 'DOGE',
      via: 'THB-DOGE ÷ THB-USDT × sg SGD-USDT',
      value: '1.876',
    });
  });

  it('prints CSV with the same columns', async () => {
    const { stdout } = await ask('--account th/main --format csv');
    expect(stdout).toBe(
      'account,slot,currency,total,price,via,value,in,unpriced\n' +
        'th/main,2026-11-22T06:00:00Z,DOGE,10,4.9,THB-DOGE,49,THB,\n' +
        ',2026-11-22T06:00:00Z,,,,,49,THB,\n',
    );
  });

  it('prints a table with share, Upbit’s cost and gain, and the sum; what it lacks is said once', async () => {
    const { stdout, stderr } = await ask('--account sg/main');
    expect(stdout.split('\n')).toEqual([
      'sg/main  SIMULATED  slot 2026-11-22T14:00:00+08:00  worth in SGD',
      'currency          held   price  via        value   share  Upbit cost   gain',
      'ADA       120.5         1.2204  SGD-ADA   147.06  96.7 %      129.18  17.88',
      'FLR         0.00000305                   unknown',
      'SGD         5           1                   5.00   3.3 %',
      'sum                                       152.06',
      '',
    ]);
    expect(stderr).toEqual([
      'sg/main: SIMULATED data',
      'sg/main: no market has a price for FLR in SGD, so the sum leaves it out',
    ]);
  });

  it('leaves columns out on a narrow terminal, and never turns the table on its side', async () => {
    for (const width of [80, 60, 40]) {
      const { stdout } = await ask('--account sg/main --in USDT', BOTH, width);
      const [, ...lines] = stdout.split('\n');
      expect(lines.every((text) => text.length <= width)).toBe(true);
      expect(lines.find((text) => text.startsWith('currency'))).toContain('value');
    }
  });

  it('adds a table of the accounts, the regions with several, and all', async () => {
    const more = snapshot('sg/b', SLOT, [line('SGD', '1')]);
    const ledger = ledgerOf([SG, TH, more], open('sg/b', 'sg/main', 'th/main'), [SG_PRICES, TH_PRICES]);
    const { stdout } = await ask('--in SGD', ledger);
    expect(stdout.split('\n\n').at(-1)?.split('\n')).toEqual([
      'SIMULATED  worth in SGD',
      'account   value    share  without a price',
      'sg/b       1.00    0.6 %',
      'sg/main  152.06   98.1 %  FLR',
      'th/main    1.88    1.2 %',
      'sg       153.06   98.8 %  FLR',
      'all      154.93  100.0 %  FLR',
      '',
    ]);
  });

  it('says which last trades are long ago', async () => {
    const { stderr } = await ask('--account sg/main --in USDT');
    expect(stderr).toContain(
      'sg: last trade more than an hour old: SGD-USDT 5 h before 2026-11-22T06:00:00Z',
    );
  });

  it('never takes the price of another slot: without prices worth is unknown, not 0', async () => {
    const later = snapshot('sg/main', SLOT + 10 * MINUTE, [line('ADA', '100')], { manual: true });
    const ledger = ledgerOf([SG, later], open('sg/main'), [SG_PRICES]);
    expect(await rowsOf('', ledger)).toEqual([
      expect.objectContaining({ currency: 'ADA', price: null, via: null, value: null }),
      expect.objectContaining({ currency: null, value: null, unpriced: ['ADA'] }),
    ]);
    expect((await ask('', ledger)).stderr.at(-1)).toBe(
      'sg: no prices were recorded for 2026-11-22T06:10:00Z, so values that need one are unknown',
    );
  });

  it('names an account that is older than the others, or has no snapshot', async () => {
    const { stderr } = await ask('', ledgerOf([SG], undefined, [SG_PRICES]));
    expect(stderr.at(-1)).toBe(
      'the sum is not complete: th/main has no snapshot and is left out (expected at 2026-11-22T06:00:00Z)',
    );
  });

  it('gives no sum if an item cannot be read, and no other note about one', async () => {
    const ledger = ledgerOf([SG, TH], open('sg/late', 'sg/main', 'th/main'), [SG_PRICES]);
    const broken = {
      ...ledger,
      newest: async (account: Parameters<typeof ledger.newest>[0], at: number) =>
        account === 'th/main' ? unreadable(account, SLOT) : await ledger.newest(account, at),
    };
    const { stdout, stderr, exitCode } = await ask('--format json', broken);
    expect((JSON.parse(stdout) as { account: unknown }[]).every(({ account }) => account === 'sg/main')).toBe(
      true,
    );
    expect(stderr.filter((text) => text.includes('sum'))).toEqual([
      'no sum: it would leave out an item that cannot be read',
    ]);
    expect(stderr).toContain('sg/main: no market has a price for FLR in USDT');
    expect(exitCode).toBe(1);
  });

  it('refuses a unit that no market has a price in, --at together with a range, and an empty range', async () => {
    const wrong = await ask('--in EUR');
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      [
        'error: --in "EUR": no market of this ledger’s regions has a price in it; allowed are SGD, THB, USDT, BTC',
      ],
    ]);
    expect((await ask('--at 2026-11-22 --from 2026-11-21')).exitCode).toBe(2);
    expect((await ask('--from 2026-11-22 --to 2026-11-22')).exitCode).toBe(2);
  });
});

describe('balances worth over time', () => {
  const hours = [0, 1, 2, 3].map((hour) => SLOT - (3 - hour) * HOUR);
  const entries = [
    ...hours.map((slot, index) =>
      snapshot('sg/main', slot, [line('BTC', String(index + 1)), line('OLD', '5')]),
    ),
    ...hours.slice(0, 3).map((slot) => snapshot('th/main', slot, [line('THB', '70')])),
  ];
  const sheets = hours
    .filter((_, index) => index !== 1)
    .flatMap((slot) => [
      sheet('sg', slot, { 'SGD-BTC': '64000', 'USDT-BTC': '48000' }),
      sheet('th', slot, { 'THB-USDT': '32' }),
    ]);
  const ledger = ledgerOf(entries, undefined, sheets);
  const RANGE = '--from 2026-11-22T03:00:00Z';

  it('prints the rows by account, slot and currency, and then one sum for each slot', async () => {
    const rows = await rowsOf(RANGE, ledger);
    expect(rows.filter(({ account }) => account === 'sg/main').map((row) => row['value'])).toEqual([
      '48000',
      null,
      null,
      null,
      '144000',
      null,
      '192000',
      null,
    ]);
    expect(rows.slice(-4).map((row) => [row['slot'], row['value'], row['unpriced']])).toEqual([
      ['2026-11-22T03:00:00Z', '48002.1875', ['OLD']],
      ['2026-11-22T04:00:00Z', null, ['BTC', 'OLD', 'THB']],
      ['2026-11-22T05:00:00Z', '144002.1875', ['OLD']],
      ['2026-11-22T06:00:00Z', '192000', ['OLD']],
    ]);
  });

  it('prints a table of the sums, one column for each account, and says what they lack', async () => {
    const { stdout, stderr } = await ask(RANGE, ledger);
    expect(stdout.split('\n')).toEqual([
      'SIMULATED  worth in USDT',
      'slot                          sg/main  th/main         all  without a price',
      '2026-11-22T11:00:00+08:00   48,000.00     2.19   48,002.19  OLD',
      '2026-11-22T12:00:00+08:00     unknown  unknown     unknown  BTC OLD THB'.replaceAll(
        '  unknown',
        '  unknown',
      ),
      '2026-11-22T13:00:00+08:00  144,000.00     2.19  144,002.19  OLD',
      '2026-11-22T14:00:00+08:00  192,000.00           192,000.00  OLD',
      '',
    ]);
    expect(stderr.slice(-4)).toEqual([
      'sg: 1 of 4 slots have no prices (the last is 2026-11-22T04:00:00Z), so values that need one are unknown; the first slot with prices is 2026-11-22T03:00:00Z',
      'th: 1 of 3 slots have no prices (the last is 2026-11-22T04:00:00Z), so values that need one are unknown; the first slot with prices is 2026-11-22T03:00:00Z',
      'sg/main: no market has a price for OLD in USDT, so the sum leaves it out',
      '1 of 4 sums leave out an account that has no snapshot; the last is that of 2026-11-22T06:00:00Z, without th/main',
    ]);
  });

  it('gives no sums if an item cannot be read, and no other note about them', async () => {
    const known = catalogOf(open('sg/main', 'th/main'), [HOURLY]);
    const broken = memoryLedger(known, [...entries, unreadable('th/main', SLOT)], sheets);
    const { stdout, stderr } = await ask(`${RANGE} --format csv`, broken);
    expect(stdout).not.toMatch(/^,/m);
    expect(stderr.filter((text) => text.includes('sum'))).toEqual([
      'no sum: it would leave out an item that cannot be read',
    ]);
    expect(stderr).toContain('sg/main: no market has a price for OLD in USDT');
  });

  it('has one sum a month or a week with --every 1mo or 1w', async () => {
    const months = ['2026-09-30T16:00:00Z', '2026-10-31T16:00:00Z', '2026-11-15T16:00:00Z'].map(Date.parse);
    const catalog = [{ account: 'sg/main' as const, since: months[0] ?? 0 }];
    const monthly = memoryLedger(
      catalogOf(catalog, [{ ...HOURLY, from: months[0] ?? 0 }]),
      months.map((slot, index) => snapshot('sg/main', slot, [line('BTC', String(index + 1))])),
      months.map((slot) => sheet('sg', slot, { 'SGD-BTC': '64000' })),
    );
    const sums = async (every: string) =>
      (await rowsOf(`--every ${every} --from 2026-10 --to 2026-12`, monthly))
        .filter(({ account }) => account === null)
        .map((row) => [row['slot'], row['value']]);
    expect(await sums('1mo')).toEqual([
      ['2026-09-30T16:00:00Z', '64000'],
      ['2026-10-31T16:00:00Z', '128000'],
    ]);
    expect(await sums('1w')).toEqual([
      ['2026-10-31T16:00:00Z', '128000'],
      ['2026-11-15T16:00:00Z', '192000'],
    ]);
  });

  it('adds up at the points of --every, also a later snapshot that stands for one, by its oldest slot', async () => {
    const rows = await rowsOf('--from 2026-11-21 --to 2026-11-23 --every 1d', ledger);
    // Midnight in Singapore is 16:00 UTC; the first snapshots of that day are of 03:00.
    expect(rows.at(-1)).toMatchObject({ account: null, slot: '2026-11-22T03:00:00Z', value: '48002.1875' });
    expect(rows.filter(({ account }) => account === null)).toHaveLength(1);
  });
});
