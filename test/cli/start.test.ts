import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../cli/ledger/deployment.ts';
import { type RealSnapshot, takeRealSnapshot } from '../../cli/ledger/local-collector.ts';
import { startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../infra/local/simulated-upbit.ts';
import { FAULTS } from '../../infra/local/upbit-faults.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { isFailure } from '../../lambda/core/snapshot.ts';
import { gaps } from '../../lambda/history/slots.ts';
import { ROOT } from '../support/checkout.ts';
import { ADA, simulated } from '../support/local-parts.ts';
import { keysOf, secret } from '../support/memory-parts.ts';

const CANARY = 'fake-canary-key';

/** Runs the command as npm would. Only with arguments that end it before it opens the project's own ledgers. */
function start(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join('cli', 'start.ts'), ...args],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('npm start', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['an option that does not exist', ['--key'], "Unknown option '--key'"],
    ['a word too many', ['keys.json'], "Unexpected argument 'keys.json'"],
    ['an option without its value', ['--keys'], "Option '--keys <value>' argument missing"],
  ])('refuses %s with its usage', (_, args, problem) => {
    const { status, stdout, stderr } = start(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${problem}`);
    expect(stderr).toContain('npm start -- --keys FILE         take one snapshot of your real accounts');
    expect(stderr).not.toContain('    at ');
  });

  it.each(['--help', '-h'])('%s prints its usage', (option) => {
    expect(start(option)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('npm start -- --keys FILE'),
      stderr: '',
    });
  });

  describe('with a key file that cannot be used', () => {
    const open = () => join(folder, 'open.json');

    beforeAll(() => {
      mkdirSync(join(folder, 'folder'));
      for (const [name, text, mode] of [
        ['open.json', secret('sg/main').replaceAll('fake-secret', CANARY), 0o644],
        ['words.json', `${CANARY} and more`, 0o600],
        ['none.json', '{}', 0o600],
      ] as const) {
        writeFileSync(join(folder, name), text);
        chmodSync(join(folder, name), mode);
      }
    });

    it.each([
      ['is not there', 'missing.json', () => 'cannot be read: ENOENT'],
      ['is a folder', 'folder', () => 'is not a file'],
      ['others can read', 'open.json', () => `keep it to yourself first: chmod 600 ${open()}`],
      ['is not JSON', 'words.json', () => 'the secret is not JSON'],
      ['holds no keys', 'none.json', () => 'holds no key: write {"sg":'],
    ])('that %s says so on one line, and nothing of what is in it', (_, name, problem) => {
      const { status, stdout, stderr } = start('--keys', join(folder, name));
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
      expect(stderr).toContain(problem());
      expect(stderr).not.toContain(CANARY);
    });
  });
});

describe('a snapshot of real accounts', () => {
  let directory: string;
  let upbit: SimulatedUpbit;
  const taken: RealSnapshot[] = [];

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), 'real-'));
    upbit = await startSimulatedUpbit({
      now: Date.now,
      accounts: [simulated('sg/main'), simulated('th/second')],
    });
  });
  afterEach(async () => {
    for (const snapshot of taken.splice(0)) await snapshot.close();
    await upbit.close();
    rmSync(directory, { recursive: true });
  });

  async function take(keys: string, environment: Environment = {}) {
    const snapshot = await takeRealSnapshot(keysOf(keys), directory, {
      UPBIT_API_URL: upbit.url,
      ...environment,
    });
    taken.push(snapshot);
    return snapshot;
  }
  /** Later than any slot of this test. */
  const later = () => Date.now() + 60_000;

  it('is of every account in the file, and of no other region', async () => {
    const { accounts, reader, remarks } = await take(secret('sg/main', 'th/second'));
    expect([accounts, remarks]).toEqual([['sg/main', 'th/second'], []]);
    expect(knownAccounts(await reader.catalog())).toEqual(['sg/main', 'th/second']);
    for (const account of accounts) {
      expect(await reader.newest(account, later())).toMatchObject({
        manual: true,
        balances: [{ currency: ADA.currency, unitCurrency: ADA.unit_currency }],
      });
    }
    expect(upbit.calls.map(({ region }) => region).sort()).toEqual(['sg', 'th']);
  });

  it('is added to those before, and leaves no gap', async () => {
    await (await take(secret('sg/main'))).close();
    await (await take(secret('th/second'))).close();
    const { reader } = await take(secret('sg/main'));
    const catalog = await reader.catalog();
    expect(knownAccounts(catalog)).toEqual(['sg/main', 'th/second']);
    expect(await reader.newest('th/second', later())).toMatchObject({ manual: true });
    const range = { from: 0, to: later() };
    for await (const gap of gaps({ reader, catalog, now: later() }, ['sg/main', 'th/second'], range))
      throw new Error(`a gap at ${gap.slot}`);
  });

  it('is a failure with its reason where a key is refused, and costs the others nothing', async () => {
    upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.addressNotAllowed : undefined);
    const { reader } = await take(secret('sg/main', 'th/second'));
    expect(await reader.newest('sg/main', later())).toMatchObject({ failure: 'key.addressNotAllowed' });
    const other = await reader.newest('th/second', later());
    expect(other !== undefined && !isFailure(other)).toBe(true);
  });

  it('names what of the file could not be used', async () => {
    const { accounts, remarks } = await take(`{"SG":{},${secret('sg/main').slice(1)}`);
    expect(accounts).toEqual(['sg/main']);
    expect(remarks).toEqual(['name 1 of the secret is no region (sg, id, th, kr); its keys are not used']);
  });

  it('is signed as JWT_ALG says', async () => {
    const { reader } = await take(secret('sg/main'), { JWT_ALG: 'HS512' });
    expect(await reader.newest('sg/main', later())).toMatchObject({ failure: 'key.invalid' });
  });

  it.each([
    [{ UPBIT_API_URL: 'https://example.com/{region}' }, /^the environment variable UPBIT_API_URL /],
    [{ JWT_ALG: 'none' }, /^the environment variable JWT_ALG /],
  ])('is refused with %o, before anything is opened', async (environment, message) => {
    await expect(take(secret('sg/main'), environment)).rejects.toMatchObject({
      code: 'environment.invalid',
      message: expect.stringMatching(message),
    });
    expect(upbit.calls).toEqual([]);
  });

  it('lets go of the ledger when it is closed', async () => {
    await (await take(secret('sg/main'))).close();
    await (await startEmbeddedDynamoDb({ directory, waitMs: 0 })).close();
  });
});
