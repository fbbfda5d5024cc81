import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EMPTY_CATALOG, type ScheduleEntry } from '../../lambda/core/catalog.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { HOUR } from '../../lambda/core/instant.ts';
import { VERSION } from '../../lambda/core/version.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { catalogOf, memoryLedger, time } from '../support/memory-ledger.ts';
import { typed } from '../support/typed.ts';

const NOW = time('2026-11-22T06:30:00Z');
const HOURLY: ScheduleEntry = {
  from: NOW - 9 * HOUR,
  every: '1h',
  timeZone: 'Asia/Seoul',
  regions: ['id', 'sg'],
};
const LEDGER = memoryLedger(catalogOf([{ account: 'sg/main', since: HOURLY.from }], [HOURLY]), []);

describe('wrong usage', () => {
  it.each([
    ['at 1763791200 --local', 'time "1763791200" is a bare number'],
    ['at 2026-11-22T06:00:00 --local', 'time "2026-11-22T06:00:00" has no time zone'],
    ['slots --from 2026-02-30 --local', '--from "2026-02-30" does not exist'],
    ['gaps --to 2026-11-22T24:00:00Z --local', '--to "2026-11-22T24:00:00Z" does not exist'],
    ['gaps --to 9999-99-99 --local', '--to "9999-99-99" does not exist'],
    ['gaps --from 1d --to 2d --local', '--from 2026-11-21T06:30:00Z is not before --to 2026-11-20T06:30:00Z'],
    ['gaps --from 2026-11-22 --to 2026-11-22 --local', '--from 2026-11-22 is not before --to 2026-11-22'],
    ['latest --account sg/#catalog --local', '--account "sg/#catalog" is not an account name'],
    ['latest --account #catalog --local', '--account "#catalog" is not an account name'],
    ['latest --account SG/main --local', '--account "SG/main" is not an account name'],
    ['latest --account main --local', '--account "main" is not an account name'],
    ['latest --format xml --local', 'Allowed choices are table, csv, json.'],
    ['latest --table a:b', '--table "a:b" is not the name of a DynamoDB table'],
    ['latest --local --real', 'cannot be used with'],
    ['latest --local --table ledger', 'cannot be used with'],
    ['latest --real --table ledger', 'cannot be used with'],
    ['latest --from 1d --local', "unknown option '--from'"],
    [
      'history --every 7m --local',
      "option '--every <spacing>' argument '7m' is invalid. Allowed choices are 1m,",
    ],
    ['history --from 1763791200 --local', '--from "1763791200" is a bare number'],
    ['history --from 1d --to 1d --local', 'is not before --to'],
    ['changes --from 1d --to 2d --local', 'is not before --to'],
    ['accounts closed --local', 'too many arguments'],
    ['export --format xlsx --local', 'Allowed choices are csv, json, jsonl, beancount, hledger.'],
    [
      'export --format hledger --every 1h --local',
      '--every 1h cannot be used with --format hledger, which has one assertion a day',
    ],
    ['export --from 2026-11-22T06:00 --local', 'has no time zone'],
    ['cost --accounts 0', '--accounts "0" is not a whole number from 1 to 400'],
    ['cost --accounts 401', '--accounts "401" is not a whole number from 1 to 400'],
    ['cost --accounts 1.5', '--accounts "1.5" is not a whole number from 1 to 400'],
    ['cost --currencies 1001', '--currencies "1001" is not a whole number from 1 to 1000'],
    ['cost --months -1', '--months "-1" is not a whole number from 1 to 1200'],
    ['cost -c every', '-c "every" is not of the form key=value, e.g. every=5m'],
    ['cost -c =5m', '-c "=5m" is not of the form key=value, e.g. every=5m'],
    ['cost --local', "unknown option '--local'"],
    ['latest now --local', 'account "now" is not an account name'],
    ['at --local', "missing required argument 'time'"],
    ['gaps --from', "option '--from <time>' argument missing"],
    ['newest --local', "unknown command 'newest'"],
    ['lates --local', "unknown command 'lates' (Did you mean latest?)"],
    ['--local', "unknown option '--local'"],
  ])('%s is reported in one line, before any ledger is opened', async (commandLine, sentence) => {
    const { exitCode, stdout, stderr, opened } = await typed(commandLine, LEDGER, { now: NOW });
    expect(stderr[0]).toContain(sentence);
    expect(stderr[0]).toMatch(/^error: /);
    expect({ exitCode, stdout, lines: stderr.length, opened }).toEqual({
      exitCode: 2,
      stdout: '',
      lines: 1,
      opened: [],
    });
  });

  it.each([
    ['latest --account sg/other --local', '--account sg/other is not in the ledger, which has only sg/main'],
    // In Seoul the 22nd began at 15:00 UTC of the 21st.
    [
      'gaps --from 2026-11-22 --to 2026-11-21T15:00:00Z --local',
      '--from 2026-11-21T15:00:00Z is not before --to 2026-11-21T15:00:00Z: a range includes from ≤ slot < to',
    ],
    [
      'gaps --from 2027-01-01T00:00:00Z --local',
      '--from 2027-01-01T00:00:00Z is not before --to 2026-11-22T06:30:00Z: a range includes from ≤ slot < to',
    ],
  ])('%s is reported once the catalog is known, and the ledger is closed', async (commandLine, sentence) => {
    const { exitCode, stdout, stderr, closed } = await typed(commandLine, LEDGER, { now: NOW });
    expect({ exitCode, stdout, stderr, closed }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: [`error: ${sentence}`],
      closed: 1,
    });
  });

  it('reports that an empty ledger has no accounts', async () => {
    const { exitCode, stderr } = await typed(
      'latest --real --account sg/main',
      memoryLedger(EMPTY_CATALOG, []),
      { now: NOW },
    );
    expect(exitCode).toBe(2);
    expect(stderr).toEqual(['error: --account sg/main is not in the ledger, which has no accounts yet']);
  });

  it('an empty currency is refused', async () => {
    const { exitCode, stderr } = await typed(['latest', '--local', '--currency', ''], LEDGER, { now: NOW });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: ['error: --currency is empty: write currencies, e.g. BTC or BTC,ETH'],
    });
  });

  it('is not --version, which prints one line', async () => {
    const { exitCode, stdout, stderr } = await typed('--version', LEDGER, { now: NOW });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: `${VERSION}\n`, stderr: [] });
  });

  it('without a command prints the usage on stderr', async () => {
    const { exitCode, stdout, stderr } = await typed([], LEDGER, { now: NOW });
    expect({ exitCode, stdout, first: stderr[0] }).toEqual({
      exitCode: 2,
      stdout: '',
      first: 'Usage: balances [options] [command]',
    });
  });
});

const COMMANDS = ['latest', 'at', 'history', 'changes', 'worth', 'slots', 'gaps', 'accounts', 'export'];

describe('help', () => {
  it.each(['--help', '-h'])('%s lists every command on stdout', async (flag) => {
    const { exitCode, stdout, stderr } = await typed(flag, LEDGER, { now: NOW });
    for (const command of COMMANDS) expect(stdout).toMatch(new RegExp(`^ {2}${command} `, 'm'));
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: [] });
  });

  it.each(['', ...COMMANDS])('as a command prints the same as --help: help %s', async (command) => {
    const { exitCode, stdout, stderr } = await typed(`help ${command}`.trim(), LEDGER, { now: NOW });
    const asked = await typed(`${command} --help`.trim(), LEDGER, { now: NOW });
    expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: asked.stdout, stderr: [] });
  });

  it.each([...COMMANDS, 'accounts close'])('for %s ends with a valid example', async (command) => {
    const { exitCode, stdout } = await typed(`${command} --help`, LEDGER, { now: NOW });
    expect(exitCode).toBe(0);
    const example = /^Example: balances (.+)$/m.exec(stdout)?.[1] ?? '';
    expect(example).toMatch(new RegExp(`^${command} `));
    const world = { now: time('2026-12-01T00:00:00Z'), replaceAccount: () => Promise.resolve() };
    expect((await typed(example, LEDGER, world)).exitCode).not.toBe(2);
  });
});

describe('the ledger that is opened', () => {
  it.each([
    ['latest --local', { kind: 'local', ledger: 'demo' }],
    ['latest --real', { kind: 'local', ledger: 'real' }],
    ['latest --table my-ledger', { kind: 'table', name: 'my-ledger' }],
    ['latest', { kind: 'table', name: undefined }],
  ])('by %s is the one named, and it is closed again', async (commandLine, choice) => {
    const { exitCode, opened, closed } = await typed(commandLine, LEDGER, { now: NOW });
    expect({ exitCode, opened, closed }).toEqual({ exitCode: 0, opened: [choice], closed: 1 });
  });

  it.each([
    ['local', { kind: 'local', ledger: 'demo' }],
    ['real', { kind: 'local', ledger: 'real' }],
    ['my-ledger', { kind: 'table', name: 'my-ledger' }],
    ['', { kind: 'table', name: undefined }],
  ])('without an option is the one that BALANCES_LEDGER names: %s', async (named, choice) => {
    const environment = { BALANCES_LEDGER: named };
    const { exitCode, opened } = await typed('latest', LEDGER, { now: NOW, environment });
    expect({ exitCode, opened }).toEqual({ exitCode: 0, opened: [choice] });
    const optioned = await typed('latest --table other-ledger', LEDGER, { now: NOW, environment });
    expect(optioned.opened).toEqual([{ kind: 'table', name: 'other-ledger' }]);
  });

  it('is none if BALANCES_LEDGER is not the name of a table', async () => {
    const { exitCode, stderr, opened } = await typed('latest', LEDGER, {
      now: NOW,
      environment: { BALANCES_LEDGER: 'a b' },
    });
    expect({ exitCode, stderr, opened }).toEqual({
      exitCode: 2,
      stderr: ['error: BALANCES_LEDGER "a b" is not local, real or the name of a DynamoDB table'],
      opened: [],
    });
  });

  it('is closed after an error, which is one line and exit code 1', async () => {
    const broken: LedgerReader = {
      ...LEDGER,
      newest: () => Promise.reject(new CodedError('ledger.unavailable', 'the table ledger\ndid not answer')),
    };
    const { exitCode, stdout, stderr, closed } = await typed('latest --real', broken, { now: NOW });
    expect({ exitCode, stdout, stderr, closed }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: ['error: the table ledger\uFFFDdid not answer'],
      closed: 1,
    });
  });
});

describe('accounts', () => {
  it('may be named without --account, and with patterns', async () => {
    const rows = async (words: string) =>
      JSON.parse(
        (await typed(`latest --real --format json ${words}`.trim(), LEDGER, { now: NOW })).stdout,
      ) as unknown[];
    expect(await rows('sg/main')).toEqual(await rows('--account sg/main'));
    expect(await rows('sg/*')).toEqual(await rows(''));
    const wrong = await typed('at 2026-11-22 sg/other --real', LEDGER, { now: NOW });
    expect([wrong.exitCode, wrong.stderr]).toEqual([
      2,
      ['error: --account sg/other is not in the ledger, which has only sg/main'],
    ]);
  });
});

describe('the file of --out', () => {
  let made = '';
  const folder = () => made;
  beforeEach(() => {
    made = mkdtempSync(join(tmpdir(), 'out-'));
  });
  afterEach(() => rmSync(made, { recursive: true }));

  it('gets what would be printed, readable only by its owner, and replaces an older one', async () => {
    const file = join(folder(), 'balances.csv');
    writeFileSync(file, 'older');
    const printed = await typed('history --real --format csv', LEDGER, { now: NOW });
    const written = await typed(`history --real --format csv -o ${file}`, LEDGER, { now: NOW });
    expect([written.exitCode, written.stdout, written.stderr]).toEqual([0, '', printed.stderr]);
    expect(readFileSync(file, 'utf8')).toBe(printed.stdout);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder())).toEqual(['balances.csv']);
  });

  it('is as it was after an error', async () => {
    const file = join(folder(), 'balances.csv');
    writeFileSync(file, 'older');
    const broken: LedgerReader = {
      ...LEDGER,
      newest: () => Promise.reject(new CodedError('ledger.unavailable', 'gone')),
    };
    expect((await typed(`latest --real --out ${file}`, broken, { now: NOW })).exitCode).toBe(1);
    expect(readFileSync(file, 'utf8')).toBe('older');
    expect(readdirSync(folder())).toEqual(['balances.csv']);
  });

  it('is refused before anything is read if it cannot be written', async () => {
    for (const [path, why] of [
      [folder(), 'it is not a file'],
      [join(folder(), 'no', 'balances.csv'), 'its directory does not exist (ENOENT)'],
    ] as const) {
      const { exitCode, stderr, opened } = await typed(['latest', '--out', path], LEDGER, { now: NOW });
      expect([exitCode, stderr, opened]).toEqual([1, [`error: ${path} cannot be written: ${why}`], []]);
    }
    const empty = await typed(['latest', '--local', '--out', ''], LEDGER, { now: NOW });
    expect(empty.stderr).toEqual(['error: --out is empty: give a file name, e.g. balances.csv']);
  });
});
