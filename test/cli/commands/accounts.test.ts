import { describe, expect, it } from 'vitest';
import type { AccountEntry, Catalog, ScheduleEntry } from '../../../lambda/core/catalog.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const START = time('2026-11-22T00:00:00Z');
const NOW = START + 3 * HOUR + 30 * MINUTE + 500;
const MAIN: AccountEntry = { account: 'sg/main', since: START - DAY };
const OLD: AccountEntry = { account: 'sg/old', since: START };
const CLOSED: AccountEntry = { account: 'sg/closed', since: START, closedFrom: START + HOUR };
const HOURLY: ScheduleEntry = {
  from: START - DAY,
  every: '1h',
  timeZone: 'Asia/Singapore',
  regions: ['sg', 'th'],
};
const CATALOG = catalogOf([CLOSED, MAIN, OLD], [HOURLY]);
const ENTRIES = [
  snapshot('sg/main', START + 2 * HOUR),
  failure('sg/main', START + 3 * HOUR, 'key.expired'),
  snapshot('sg/old', START + 3 * HOUR),
  failure('th/main', START + 3 * HOUR, 'keys.missing'),
];
const LEDGER = memoryLedger(CATALOG, ENTRIES);

const row = (account: string, since: string | null, more: object = {}) => ({
  account,
  since,
  closed_from: null,
  last_slot: null,
  last_failure: null,
  ...more,
});

describe('balances accounts', () => {
  it('prints the rows of the contract as JSON, their keys in order, closed accounts and defaults too', async () => {
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
      'account  since                 closed  last slot             last failure',
      'sg/main  2026-11-21T00:00:00Z          2026-11-22T02:00:00Z  key.expired',
      '',
    ]);
    expect(stderr).toEqual(['sg/main: SIMULATED data']);
  });

  it('of an empty ledger is empty, and says so', async () => {
    const ran = await typed('accounts --real', memoryLedger(EMPTY_CATALOG, []), { now: NOW });
    expect(ran).toMatchObject({ exitCode: 0, stdout: '', stderr: ['the ledger has no account to show yet'] });
  });
});

describe('balances accounts close', () => {
  async function close(words: string, catalog: Catalog = CATALOG, entries: readonly Entry[] = ENTRIES) {
    const replaced: (readonly [AccountEntry, AccountEntry])[] = [];
    const ran = await typed(`accounts close ${words}`, memoryLedger(catalog, entries), {
      now: NOW,
      replaceAccount: (before, after) => {
        replaced.push([before, after]);
        return Promise.resolve();
      },
    });
    return { ...ran, replaced };
  }

  it('puts the whole entry with its end, from now on, rounded up to a second', async () => {
    const blocked = { ...OLD, blockedUntil: START };
    const { exitCode, stdout, replaced } = await close(
      'sg/old --real --format json',
      catalogOf([MAIN, blocked], [HOURLY]),
    );
    const closedFrom = START + 3 * HOUR + 30 * MINUTE + 1000;
    expect(replaced).toEqual([[blocked, { ...blocked, closedFrom }]]);
    expect(JSON.parse(stdout)).toEqual([
      row('sg/old', '2026-11-22T00:00:00Z', {
        closed_from: '2026-11-22T03:30:01Z',
        last_slot: '2026-11-22T03:00:00Z',
      }),
    ]);
    expect(exitCode).toBe(0);
  });

  it('takes a time, a date in the stack’s zone, and its options on either side', async () => {
    const ends = await Promise.all(
      [
        'sg/main --at 2026-11-22T02:00:00Z --real',
        'sg/main --real --at 2026-11-22',
        '--real --at 2h sg/main',
        'sg/old --real --at 2026-11-22T00:00:00Z',
      ].map(async (words) => (await close(words)).replaced[0]?.[1].closedFrom),
    );
    expect(ends.map((end = 0) => new Date(end).toISOString())).toEqual([
      '2026-11-22T02:00:00.000Z',
      '2026-11-21T16:00:00.000Z',
      '2026-11-22T01:30:01.000Z',
      '2026-11-22T00:00:00.000Z',
    ]);
    const before = await typed('accounts --local close sg/nope', LEDGER, { now: NOW });
    expect(before.opened).toEqual([{ kind: 'local', ledger: 'demo' }]);
  });

  it('corrects an earlier closing where a time is given, and says which', async () => {
    const { stderr, replaced } = await close('sg/closed --real --at 2026-11-22T03:00:00Z');
    expect(replaced).toEqual([[CLOSED, { ...CLOSED, closedFrom: START + 3 * HOUR }]]);
    expect(stderr).toEqual(['sg/closed: was closed from 2026-11-22T01:00:00Z before']);
  });

  it('closes an account that was opened again no earlier than that', async () => {
    const again = { ...OLD, closed: [{ from: START, to: START + HOUR }] };
    const catalog = catalogOf([again], [HOURLY]);
    const { replaced } = await close('sg/old --real --at 2026-11-22T01:00:00Z', catalog);
    expect(replaced).toEqual([[again, { ...again, closedFrom: START + HOUR }]]);
    const early = await close('sg/old --real --at 2026-11-22T00:59:59Z', catalog);
    expect(early.stderr).toEqual([
      'error: sg/old cannot be closed from 2026-11-22T00:59:59Z: it was opened again at 2026-11-22T01:00:00Z',
    ]);
  });

  it('warns where the key was still in the secret, and not where it was not', async () => {
    expect((await close('sg/old --real')).stderr).toEqual([
      'sg/old: its key was still in the secret at its newest slot, 2026-11-22T03:00:00Z: remove it there, or the next run opens the account again',
    ]);
    expect((await close('sg/main --real')).stderr).toHaveLength(1);
    const gone = [...ENTRIES, failure('sg/old', START + 3 * HOUR + MINUTE, 'keys.missing')];
    expect((await close('sg/old --real', CATALOG, gone)).stderr).toEqual([]);
    expect((await close('sg/old --real', CATALOG, [])).stderr).toEqual([]);
  });

  it.each([
    ['sg/nope --real', 'sg/nope is not in the catalog, which has only sg/closed, sg/main, sg/old'],
    ['th/main --real', 'th/main is not in the catalog, which has only sg/closed, sg/main, sg/old'],
    ['sg/closed --real', 'sg/closed is closed already, from 2026-11-22T01:00:00Z on; --at corrects that'],
    [
      'sg/closed --real --at 2026-11-21T23:59:59Z',
      'sg/closed cannot be closed from 2026-11-21T23:59:59Z: it began at 2026-11-22T00:00:00Z',
    ],
    [
      'sg/old --real --at 2026-11-21T23:59:59Z',
      'sg/old cannot be closed from 2026-11-21T23:59:59Z: it began at 2026-11-22T00:00:00Z',
    ],
    ['sg/old --real --account sg/main', 'accounts close takes one name, not --account'],
    [
      'SG/old --real',
      'name "SG/old" is no account: write <region>/<name>, e.g. sg/main (region sg, id, th or kr; name 1 to 32 of a-z, 0-9 and -, not beginning with -)',
    ],
    ['--real', "missing required argument 'name'"],
    [
      'sg/old --real --at 2026-02-30',
      '--at "2026-02-30" does not exist: there is no such day, or no such hour (00 to 23), minute or second',
    ],
  ])('%s is refused in one sentence, and nothing is written', async (words, sentence) => {
    const { exitCode, stdout, stderr, replaced } = await close(words);
    expect({ exitCode, stdout, stderr, replaced }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: [`error: ${sentence}`],
      replaced: [],
    });
  });

  it('says of an empty catalog that it has no account', async () => {
    expect((await close('sg/old --real', EMPTY_CATALOG)).stderr).toEqual([
      'error: sg/old is not in the catalog, which has no account yet',
    ]);
  });

  it('is an error, not wrong usage, where another process was faster', async () => {
    const { exitCode, stdout, stderr } = await typed('accounts close sg/old --real', LEDGER, {
      now: NOW,
      replaceAccount: () => Promise.reject(new CodedError('ledger.changed', 'it has been changed meanwhile')),
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: ['error: it has been changed meanwhile'],
    });
  });
});
