import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import {
  type EmbeddedDynamoDb,
  LOCAL_CREDENTIALS,
  startEmbeddedDynamoDb,
} from '../../../infra/local/embedded-dynamodb.ts';
import { createSealableLedger } from '../../../lambda/adapters/ledger/seals.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { createAuthority } from '../../../lambda/adapters/timestamp/authority.ts';
import { DAY, formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { lastSealable } from '../../../lambda/core/seal.ts';
import { Authority } from '../../support/authority.ts';
import { type AuthorityServer, startAuthorityServer } from '../../support/authority-server.ts';
import { ROOT } from '../../support/checkout.ts';
import { line, snapshot } from '../../support/memory-ledger.ts';
import { type DeployedFunction, invoke, synthesize } from '../bundle/deployed.ts';
import { makeAuthority, type OpensslAuthority } from './openssl-authority.ts';

const NOW = Math.floor(Date.now() / SECOND) * SECOND;
const LAST = lastSealable('UTC', NOW);
const BEGIN = LAST - DAY;

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program; this process goes on, for it is the table and the authority. */
const run = (command: string, args: readonly string[], cwd = ROOT, env = process.env) =>
  new Promise<Ran>((resolve) => {
    execFile(command, args, { cwd, env }, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });

describe.each(['RSA', 'ECDSA'] as const)('an authority of openssl with %s', (key) => {
  let openssl: OpensslAuthority;
  let other: OpensslAuthority;
  let server: AuthorityServer;
  let deployed: DeployedFunction;
  let database: EmbeddedDynamoDb;
  let table: { readonly client: DynamoDBClient; readonly tableName: string };
  let folder: string;
  beforeAll(async () => {
    [openssl, other] = [makeAuthority(key, 'sha256,sha1'), makeAuthority(key)];
    server = await startAuthorityServer(openssl.answer);
    deployed = synthesize({ timestampUrl: server.url }, 'Sealer');
    database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
    const client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
    table = { client, tableName: 'ledger' };
    folder = mkdtempSync(join(tmpdir(), 'timestamps-'));
    const writer = createLedgerWriter(table);
    await writer.putAccount(undefined, { account: 'sg/main', since: BEGIN }, MINUTE);
    await writer.addSchedule({ from: BEGIN, every: '12h', timeZone: 'UTC', regions: ['sg'] }, MINUTE);
    for (let slot = BEGIN; slot < LAST + DAY; slot += 12 * HOUR)
      await writer.record(snapshot('sg/main', slot, [line('BTC', '1')]), MINUTE);
  });
  afterAll(async () => {
    for (const made of [openssl, other, deployed]) made.remove();
    rmSync(folder, { recursive: true });
    await server.close();
    table.client.destroy();
    await database.close();
  });

  const environment = () => ({
    ...Object.fromEntries(
      Object.entries(deployed.environment).filter(
        (entry): entry is [string, string] => typeof entry[1] === 'string',
      ),
    ),
    TABLE_NAME: 'ledger',
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'fake',
    AWS_SECRET_ACCESS_KEY: 'fake',
    AWS_ENDPOINT_URL_DYNAMODB: database.endpoint,
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  });
  const balances = (...args: string[]) =>
    run('npx', ['balances', ...args], ROOT, { ...process.env, ...environment() });

  it('signs the seals of the deployed bundle, and openssl accepts each token over its root', async () => {
    const { outcomes } = await invoke(deployed, environment(), [[{ seal: formatSecond(NOW) }]]);
    expect(outcomes).toMatchObject([{ report: { sealed: [{}, {}], stamped: 2 } }]);
    const ledger = createSealableLedger(table);
    for (const day of [BEGIN, LAST]) {
      const seal = await ledger.newestSeal(day);
      const token = join(folder, `${day}.tst`);
      writeFileSync(token, seal?.timestamp ?? '');
      const verify = async (root: string, certificates: string) => {
        const args = ['ts', '-verify', '-digest', root, '-token_in', '-in', token, '-CAfile', certificates];
        return (await run('openssl', args)).status;
      };
      expect(await verify(seal?.root ?? '', openssl.root)).toBe(0);
      expect(await verify(seal?.root ?? '', other.root)).not.toBe(0);
      expect(await verify('ab'.repeat(32), openssl.root)).not.toBe(0);
    }
  });

  it('is accepted by verify under its own root certificate, and under no other', async () => {
    const all = ['verify', '--table', 'ledger', '--authority'];
    const good = await balances(...all, openssl.root);
    expect(good).toMatchObject({ status: 0, stdout: '' });
    expect(good.stderr).toMatch(
      /2 seals have a time-stamp; the root of .* was signed at .* by O=Example, CN=Test authority, as the certificates confirm/,
    );
    const bad = await balances(...all, other.root);
    expect(bad.status).toBe(3);
    expect(bad.stdout.match(/timestamp {2}all/g)).toHaveLength(2);
  });

  it('signs evidence that check.sh accepts with no root kept, and with no other certificate or changed token', async () => {
    const out = join(folder, 'evidence');
    const proved = await balances(
      'prove',
      formatSecond(BEGIN + HOUR),
      ...['--table', 'ledger', '--account', 'sg/main'],
      '--out',
      out,
    );
    expect(proved.status, proved.stderr).toBe(0);
    const check = (...args: string[]) => run('sh', ['check.sh', ...args], out);
    const good = await check('-', openssl.root);
    expect(good.stderr).toBe('');
    expect(good.stdout).toMatch(
      /\nIt is covered by the root of days\/.*\.txt, which the time-stamp authority signed on [A-Z][a-z]{2} .* GMT\.\n$/,
    );
    // From another folder, with a relative name.
    writeFileSync(join(folder, 'authority.pem'), readFileSync(openssl.root));
    expect((await run('sh', ['evidence/check.sh', '-', 'authority.pem'], folder)).status).toBe(0);
    expect(await check('-', other.root)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^NOT OK: openssl/),
    });
    expect((await check('-', 'none.pem')).stdout).toMatch(/^NOT OK: .*none\.pem is missing/);
    const verify = (certificates: string) =>
      balances('verify', '--evidence', out, '--authority', certificates);
    expect((await verify(openssl.root)).status).toBe(0);
    expect((await verify(other.root)).status).toBe(3);

    // The certificate of the issuer does not do: only that of the root.
    expect((await check('-', join(openssl.folder, 'middle.pem'))).status).toBe(1);

    const [name = ''] = readdirSync(join(out, 'days')).filter((file) => file.endsWith('.tst'));
    const token = readFileSync(join(out, 'days', name));
    const claims = readFileSync(join(out, 'evidence.txt'), 'utf8');
    onTestFinished(() => writeFileSync(join(out, 'evidence.txt'), claims));
    // A token over a hash of another kind, which somebody may be able to find another text for.
    const [query, weak] = [join(folder, 'query.tsq'), join(folder, 'weak.tst')];
    const day = join(out, 'days', name.replace(/tst$/, 'txt'));
    await run('openssl', ['ts', '-query', '-data', day, '-sha1', '-cert', '-out', query]);
    writeFileSync(join(folder, 'reply.tsr'), openssl.reply(readFileSync(query)));
    await run('openssl', ['ts', '-reply', '-in', join(folder, 'reply.tsr'), '-token_out', '-out', weak]);
    const sha1 = readFileSync(weak);
    expect(sha1.length).toBeGreaterThan(1_000);
    writeFileSync(join(out, 'days', name), sha1);
    writeFileSync(join(out, 'evidence.txt'), claims.replace(sha256(token), sha256(sha1)));
    expect(await check('-', openssl.root)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^NOT OK: openssl does not accept/),
    });

    // Even where its hash is claimed, a changed token is refused by the signature.
    const changed = Buffer.from(token);
    changed[token.length - 20] = (changed[token.length - 20] ?? 0) ^ 1;
    writeFileSync(join(out, 'days', name), changed);
    writeFileSync(join(out, 'evidence.txt'), claims.replace(sha256(token), sha256(changed)));
    expect((await check('-')).stdout).toContain('sums.txt lists for it');
    expect(await check('-', openssl.root)).toMatchObject({
      status: 1,
      stdout: expect.stringMatching(/^NOT OK: openssl/),
    });
    expect((await verify(openssl.root)).status).toBe(3);
  });

  it('that takes no SHA-256 refuses, in its own words', async () => {
    const strict = makeAuthority(key, 'sha512');
    const refusing = await startAuthorityServer(strict.answer);
    await expect(createAuthority(refusing.url, { now: Date.now }).sign('text', 0)).rejects.toMatchObject({
      code: 'timestamp.refused',
      message: expect.stringMatching(/refused to sign: status 2, .*not supported/i),
    });
    await refusing.close();
    strict.remove();
  });
});

it('openssl accepts the tokens that the other tests make', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const authority = new Authority(NOW - DAY);
  const file = (name: string, content: string | Uint8Array) => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const token = file('token.tst', authority.token('text', NOW));
  const verify = (text: string) =>
    run('openssl', [
      ...['ts', '-verify', '-data', file('text', text), '-token_in', '-in', token],
      ...['-CAfile', file('root.pem', authority.pem)],
    ]);
  expect(await verify('text')).toMatchObject({
    status: 0,
    stdout: expect.stringContaining('Verification: OK'),
  });
  expect((await verify('other')).status).not.toBe(0);
});
