import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Environment } from '../../../cli/ledger/deployment.ts';
import { type RealSnapshot, takeRealSnapshot } from '../../../cli/ledger/local-collector.ts';
import { LOCAL_TABLE } from '../../../cli/ledger/local-ledger.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../../infra/local/simulated-upbit.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { knownAccounts } from '../../../lambda/core/completeness.ts';
import { DAY, formatSecond, type Instant } from '../../../lambda/core/instant.ts';
import { lastSealable } from '../../../lambda/core/seal.ts';
import { isFailure } from '../../../lambda/core/snapshot.ts';
import type { FoundSeal } from '../../../lambda/history/stored-ledger.ts';
import { gaps } from '../../support/gaps-of.ts';
import { putItem } from '../../support/local-ledger.ts';
import { ADA, simulated } from '../../support/local-parts.ts';
import { snapshot as recorded } from '../../support/memory-ledger.ts';
import { keysOf, secret } from '../../support/memory-parts.ts';

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
  /** Later than any slot in this test. */
  const later = () => Date.now() + 60_000;

  it('covers every account in the file, and no other region', async () => {
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

  it('is added to earlier ones, and creates no gap', async () => {
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

  it('is a failure with its reason if a key is refused, without affecting other accounts', async () => {
    upbit.fault = ({ region }) => (region === 'sg' ? FAULTS.addressNotAllowed : undefined);
    const { reader } = await take(secret('sg/main', 'th/second'));
    expect(await reader.newest('sg/main', later())).toMatchObject({ failure: 'key.addressNotAllowed' });
    const other = await reader.newest('th/second', later());
    expect(other !== undefined && !isFailure(other)).toBe(true);
  });

  /** Stores a ledger of two days that are over, with one snapshot a day, and returns its beginning. */
  async function withDays(): Promise<Instant> {
    const begin = lastSealable('UTC', Date.now()) - DAY;
    const server = await startEmbeddedDynamoDb({ directory, tableName: LOCAL_TABLE });
    const client = new DynamoDBClient({ endpoint: server.endpoint, ...LOCAL_CREDENTIALS });
    const writer = createLedgerWriter({ client, tableName: LOCAL_TABLE });
    await writer.putAccount(undefined, { account: 'sg/main', since: begin }, 5_000);
    for (const slot of [begin, begin + DAY])
      await writer.record(recorded('sg/main', slot, undefined, { manual: true }), 5_000);
    client.destroy();
    await server.close();
    return begin;
  }

  async function sealsIn({ stored }: RealSnapshot): Promise<FoundSeal[]> {
    const found: FoundSeal[] = [];
    for await (const seal of stored.seals()) found.push(seal);
    return found;
  }

  const rootIn = (found: FoundSeal | undefined) => (found && 'root' in found ? found.root : 'none');

  it('seals every day that is over, once, each chained to the one before', async () => {
    const begin = await withDays();
    const snapshot = await take(secret('sg/main'));
    expect(await sealsIn(snapshot)).toEqual([]);
    await snapshot.seal();
    const seals = await sealsIn(snapshot);
    expect(seals.slice(0, 2)).toMatchObject([
      { from: begin, timeZone: 'UTC', items: new Map([['sg/main', 1]]) },
      { from: begin + DAY, previous: rootIn(seals[0]), items: new Map([['sg/main', 1]]) },
    ]);
    await snapshot.seal();
    expect((await sealsIn(snapshot)).slice(0, 2)).toEqual(seals.slice(0, 2));
  });

  it('is stored even if its days cannot be sealed', async () => {
    const slot = formatSecond(await withDays());
    await putItem(directory, { account: { S: '#seal' }, slot: { S: slot }, v: { N: '9' } });
    const snapshot = await take(secret('sg/main'));
    await expect(snapshot.seal()).rejects.toMatchObject({ code: 'ledger.foreign' });
    expect(await snapshot.reader.newest('sg/main', later())).toMatchObject({ keyId: expect.any(String) });
    expect((await snapshot.reader.newest('sg/main', later()))?.slot).toBeGreaterThan(Date.now() - 60_000);
  });

  it('reports what could not be used in the file', async () => {
    const { accounts, remarks } = await take(`{"SG":{},${secret('sg/main').slice(1)}`);
    expect(accounts).toEqual(['sg/main']);
    expect(remarks).toEqual(['name 1 of the secret is not a region (sg, id, th, kr); its keys are not used']);
  });

  it('is signed with the algorithm in JWT_ALG', async () => {
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

  it('releases the ledger when it is closed', async () => {
    await (await take(secret('sg/main'))).close();
    await (await startEmbeddedDynamoDb({ directory, waitMs: 0 })).close();
  });
});
