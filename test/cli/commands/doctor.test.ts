import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { LOCAL_TABLE, localDirectory } from '../../../cli/ledger/local-ledger.ts';
import { startDemo } from '../../../infra/local/demo.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../../infra/local/simulated-upbit.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { DAY, formatSecond, HOUR, type Instant, SECOND } from '../../../lambda/core/instant.ts';
import { slotAtOrBefore } from '../../../lambda/core/slots.ts';
import { latest } from '../../../lambda/history/latest.ts';
import { readText } from '../../support/checkout.ts';
import * as typed from '../../support/doctored.ts';
import { putItem, writeLocalLedger } from '../../support/local-ledger.ts';
import { named, simulated } from '../../support/local-parts.ts';
import { sheet, snapshot } from '../../support/memory-ledger.ts';
import { secret } from '../../support/memory-parts.ts';

const SECRETS = ['sg', 'id', 'th'].flatMap((region) => [
  `simulated-access-key-${region}`,
  `simulated-secret-key-${region}`,
]);

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'doctor-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const doctor = (words: string) => typed.doctor(words, { root, secrets: SECRETS });
const findings = (words: string) => typed.findings(words, { root, secrets: SECRETS });

describe('balances doctor --local', () => {
  const demo = () => localDirectory(root, 'demo');

  /** Creates a demo ledger with one snapshot of each account, an hour ago, and prices of one region. */
  async function withDemo(now: Instant): Promise<void> {
    const server = await startEmbeddedDynamoDb({ directory: demo(), tableName: LOCAL_TABLE });
    const client = new DynamoDBClient({ endpoint: server.endpoint, ...LOCAL_CREDENTIALS });
    const writer = createLedgerWriter({ client, tableName: LOCAL_TABLE });
    const slot = slotAtOrBefore({ every: '1h', timeZone: 'UTC' }, now - HOUR);
    await writer.addSchedule(
      { from: slot, every: '1h', timeZone: 'UTC', regions: ['id', 'sg', 'th'] },
      5 * SECOND,
    );
    await writer.recordPrices(sheet('sg', slot, { 'SGD-BTC': '86028' }), 5 * SECOND);
    for (const account of ['id/main', 'sg/main', 'th/main'].map(named)) {
      await writer.putAccount(undefined, { account, since: slot }, 5 * SECOND);
      await writer.record(snapshot(account, slot), 5 * SECOND);
    }
    client.destroy();
    await server.close();
  }

  it('says to run npm start if there is no demo yet', async () => {
    expect(await doctor('--local')).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: 'error: no demo ledger yet: run npm start first\n',
    });
  });

  it('reports a healthy demo as ok, and says SIMULATED', async () => {
    await withDemo(Date.now());
    const { exitCode, stdout, stderr } = await doctor('--local');
    expect([exitCode, stderr]).toEqual([0, 'SIMULATED data: a made-up Upbit on this machine\n']);
    const lines = stdout.split('\n');
    expect(lines[0]).toBe('SIMULATED');
    expect(lines[1]).toMatch(
      /^ok {7}snapshots: 3 accounts have one, the newest is of slot \S+, 1 h( \d+ min)? old$/,
    );
    expect(lines[2]).toMatch(
      /^ok {7}prices: the newest of sg are of slot \S+, 1 h( \d+ min)? old; none are recorded of id, th$/,
    );
    expect(lines[3]).toBe(
      'ok       seals: none yet: npm start seals each day that ended more than an hour ago',
    );
    expect(lines[4]).toBe('ok       secret: well-formed: keys for id/main, sg/main, th/main');
    expect(lines[5]).toBe('ok       address: Requests come from 127.0.0.1, which may change');
    for (const line of lines.slice(6, 9))
      expect(line).toMatch(
        /^ok {7}(id|sg|th)\/main: signs in, \d+ currencies; expiry unknown; add expiresOn/,
      );
    expect(lines.slice(9)).toEqual(['']);
  });

  it('breaks no word on a terminal: what is longer goes on under the text', async () => {
    await withDemo(Date.now());
    const { stdout } = await typed.doctor('--local', { root, columns: 80, secrets: SECRETS });
    const lines = stdout.split('\n').slice(1, -1);
    expect(lines.every((text) => text.length <= 80)).toBe(true);
    expect(lines.some((text) => text.startsWith(' '.repeat(9)))).toBe(true);
    for (const text of lines) expect(text).toMatch(/^(ok {7}| {9})\S/);
  });

  it('counts the currencies that latest shows', async () => {
    await withDemo(Date.now() - 4 * DAY);
    const {
      reader,
      snapshot: takeOne,
      close,
    } = await startDemo({
      directory: demo(),
      tableName: LOCAL_TABLE,
      now: Date.now(),
      onProgress: () => undefined,
    });
    const accounts = await takeOne();
    const readings = await latest({ reader, catalog: await reader.catalog(), now: Date.now() }, accounts);
    await close();
    const { of } = await findings('--local');
    expect(of('seals')?.finding).toMatch(/^the newest is of \d{4}-\d\d-\d\d, made .* ago$/);
    expect(readings).toHaveLength(3);
    for (const { account, snapshot: newest } of readings) {
      expect(of(account)?.finding).toContain(`signs in, ${newest?.balances.length} currencies;`);
    }
  });

  it.each([
    [
      'wrong-region',
      /^key\.invalid: .*invalid_access_key, but Upbit Indonesia \(id\) knows the key: it is filed under the wrong region$/,
      /^In the secret, move the entry of sg\/main to "id"/,
    ],
    [
      'unknown-key',
      /invalid_access_key: the access key is unknown there and at id and th$/,
      /another Upbit site \(kr\).*Otherwise it was deleted, or not fully copied/,
    ],
    [
      'secret-key',
      /jwt_verification.*HS256, and to one signed with HS512: the secret key does not belong/,
      /^Copy both keys again/,
    ],
    [
      'algorithm',
      /HS256, but takes one signed with HS512/,
      /^Set the configuration key jwtAlg to HS512 and deploy/,
    ],
    [
      'expired',
      /^key\.expired: The API key has expired\. \(Upbit answered 401 expired_access_key\)$/,
      /^Make a new key at Upbit/,
    ],
    [
      'expiring',
      /^signs in, \d+ currencies; the key expires at \S+Z, in [56] days$/,
      /^Make a new key at Upbit.*with its expiresOn/,
    ],
    [
      'scope',
      /^key\.scope: The API key lacks the permission View Account/,
      /^Make a key with the permission View Account/,
    ],
    [
      'address',
      /^key\.addressNotAllowed: .*asked from 127\.0\.0\.1\)$/,
      /^Register 127\.0\.0\.1 with the key at Upbit/,
    ],
    ['consent', /^key\.consent: /, /^Sign in on Upbit’s site as the account’s owner/],
    ['blocked', /^upbit\.blocked: /, /^Find what else calls/],
    ['maintenance', /^upbit\.unavailable: .*Upbit answered 503/, /^Check Upbit’s notices/],
    ['no-key', /^keys\.missing: .*the secret has no entry for sg\/main/, /^Put the key into the secret/],
  ])('--simulate %s prints the cause and the remedy, and exits with 3', async (trouble, cause, remedy) => {
    await withDemo(Date.now());
    const { exitCode, rows, of } = await findings(`--local --simulate ${trouble}`);
    expect(exitCode).toBe(3);
    const row = of('sg/main');
    expect(row).toMatchObject({ state: 'wrong' });
    expect(row?.finding).toMatch(cause);
    expect(row?.remedy).toMatch(remedy);
    const others = rows.filter(({ looked_at, state }) => looked_at !== 'sg/main' && state !== 'ok');
    expect(others.map(({ looked_at }) => looked_at)).toEqual(
      trouble === 'algorithm' ? ['id/main', 'th/main'] : [],
    );
  });

  it('prints CSV with the columns of the JSON', async () => {
    await withDemo(Date.now());
    const { stdout } = await doctor('--local --simulate scope --format csv');
    const [header, ...lines] = stdout.split('\n');
    expect(header).toBe('looked_at,state,finding,remedy');
    expect(lines.find((line) => line.startsWith('sg/main,wrong,'))).toContain('key.scope');
  });

  it.each([
    ['--simulate expired', 'error: --simulate needs --local: nothing else is simulated\n'],
    ['--keys keys.json', 'error: --keys needs --real: otherwise the keys come from the secret\n'],
    ['--real', 'error: --real needs the keys to sign in with: --keys FILE, as for npm start\n'],
  ])('%s alone is wrong usage', async (words, stderr) => {
    expect(await doctor(words)).toEqual({ exitCode: 2, stdout: '', stderr });
  });

  it('accepts only the troubles it lists, which are those in its documentation', async () => {
    const { exitCode, stderr } = await doctor('--local --simulate nonsense');
    expect(exitCode).toBe(2);
    const listed = /Allowed choices are (.*)\./.exec(stderr)?.[1]?.split(', ');
    const page = readText('docs/doctor.md');
    const shown = /--simulate TROUBLE`, one of ([^.]*)\./.exec(page)?.[1]?.match(/[a-z-]+/g);
    expect(listed).toHaveLength(12);
    expect(shown).toEqual(listed);
  });
});

describe('balances doctor --real', () => {
  let upbit: SimulatedUpbit;
  let keyFile: string;
  beforeEach(async () => {
    upbit = await startSimulatedUpbit({
      now: Date.now,
      accounts: [simulated('sg/main'), { ...simulated('kr/main'), expiresAt: Date.now() + 10.5 * DAY }],
    });
    keyFile = join(root, 'keys.json');
    writeFileSync(keyFile, secret('sg/main', 'kr/main'), { mode: 0o600 });
  });
  afterEach(() => upbit.close());

  const place = () => ({
    root,
    environment: { UPBIT_API_URL: upbit.url },
    secrets: (['sg/main', 'kr/main'] as const).flatMap((account) => [
      simulated(account).accessKey,
      simulated(account).secretKey,
    ]),
  });

  it('signs in with the keys in the file, reports the expiry Upbit states, and stores nothing', async () => {
    const { exitCode, stderr, rows, of } = await typed.findings(`--real --keys ${keyFile}`, place());
    expect([exitCode, stderr]).toEqual([3, '']);
    expect(rows.map(({ looked_at, state }) => [looked_at, state])).toEqual([
      ['snapshots', 'ok'],
      ['prices', 'ok'],
      ['seals', 'ok'],
      ['secret', 'ok'],
      ['address', 'ok'],
      ['kr/main', 'wrong'],
      ['sg/main', 'ok'],
    ]);
    expect(of('address')?.finding).toBe('unknown; it matters only for keys that are bound to an address');
    expect(of('kr/main')?.finding).toMatch(
      /^signs in, 1 currency in its pocket, the only one that this key sees; the key expires at \S+Z, in 10 days$/,
    );
    expect(existsSync(localDirectory(root, 'real'))).toBe(false);
  });

  it('says if the last start left days unsealed, as one of an older version does, and how to seal them', async () => {
    const slot = slotAtOrBefore({ every: '1d', timeZone: 'UTC' }, Date.now() - 20 * DAY);
    const hourly = { from: slot, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;
    await writeLocalLedger(root, 'real', hourly, [snapshot('sg/main', slot)]);
    const look = async () => (await typed.findings(`--real --keys ${keyFile}`, place())).of('seals');
    // Nothing has run since, so nothing could be sealed.
    expect(await look()).toMatchObject({
      state: 'ok',
      finding: `none yet: npm start -- --keys ${keyFile} seals each day that ended more than an hour ago`,
    });
    rmSync(localDirectory(root, 'real'), { recursive: true });
    await writeLocalLedger(root, 'real', hourly, [snapshot('sg/main', slot + 9 * DAY)]);
    expect(await look()).toEqual({
      looked_at: 'seals',
      state: 'wrong',
      finding: `none yet; the days from ${formatSecond(slot).slice(0, 10)} have none`,
      remedy: `Run npm start -- --keys ${keyFile}: it seals those days, up to 31 of them.`,
    });
    const unreadable = { account: { S: '#seal' }, slot: { S: formatSecond(slot) }, v: { N: '9' } };
    await putItem(localDirectory(root, 'real'), unreadable);
    expect(await look()).toMatchObject({
      state: 'wrong',
      finding: expect.stringContaining(`a seal of ${formatSecond(slot)} that cannot be read: `),
    });
  });

  it('reports why a key is refused', async () => {
    upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.consentRequired : undefined);
    const { of } = await typed.findings(`--real --keys ${keyFile}`, place());
    expect(of('sg/main')).toMatchObject({
      state: 'wrong',
      finding: expect.stringMatching(/^key\.consent: /),
    });
  });

  it('reports an unreadable key file in one line', async () => {
    const { exitCode, stdout, stderr } = await typed.doctor(`--real --keys ${root}/none.json`, place());
    expect([exitCode, stdout]).toEqual([1, '']);
    expect(stderr).toBe(`error: the key file ${root}/none.json cannot be read: ENOENT\n`);
  });
});
