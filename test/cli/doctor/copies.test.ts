import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Clients, openClients } from '../../../cli/doctor/clients.ts';
import { lookAtCopies } from '../../../cli/doctor/copies.ts';
import { startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { SECOND } from '../../../lambda/core/instant.ts';
import { type Protection, startProtectedDynamoDb } from '../../support/protected-dynamodb.ts';

const SAFE: Protection = { deletionProtection: true, pointInTimeRecovery: 'ENABLED' };
const PROCEDURE = 'docs/operations.md#copies-in-other-aws-regions';

describe('the copies of the table', () => {
  const protection: Protection = { ...SAFE };
  let clients: Clients;
  let database: Awaited<ReturnType<typeof startEmbeddedDynamoDb>>;
  let dynamoDb: Awaited<ReturnType<typeof startProtectedDynamoDb>>;
  beforeAll(async () => {
    database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
    dynamoDb = await startProtectedDynamoDb(database.endpoint, protection);
  });
  afterAll(async () => {
    await dynamoDb.close();
    await database.close();
  });
  beforeEach(async () => {
    vi.stubEnv('AWS_ENDPOINT_URL_DYNAMODB', dynamoDb.endpoint);
    vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
    clients = await openClients('ap-southeast-1', 5 * SECOND);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
    clients.close();
    delete protection.copies;
  });

  const look = (...deployed: string[]) => lookAtCopies(clients, 'ledger', deployed);

  it('are no finding if there are none', async () => {
    expect(await look()).toEqual([]);
  });

  it('are each looked at in their own AWS region, in order', async () => {
    protection.copies = {
      'us-east-1': {
        status: 'UPDATING',
        own: { deletionProtection: false, pointInTimeRecovery: 'DISABLED' },
      },
      'eu-west-1': { status: 'ACTIVE', own: SAFE },
    };
    const found = await look('us-east-1', 'eu-west-1');
    expect(found.map(({ lookedAt, state }) => `${lookedAt}: ${state}`)).toEqual([
      'copy in eu-west-1: ok',
      'deletion protection in eu-west-1: ok',
      'point-in-time recovery in eu-west-1: ok',
      'copy in us-east-1: ok',
      'deletion protection in us-east-1: wrong',
      'point-in-time recovery in us-east-1: wrong',
    ]);
    const [, unprotected, unrecoverable] = found.slice(3);
    expect(unprotected?.remedy).toContain(
      'aws dynamodb update-table --table-name ledger --region us-east-1 --deletion-protection-enabled',
    );
    expect(unrecoverable?.remedy).toContain(
      'aws dynamodb update-continuous-backups --table-name ledger --region us-east-1 --point',
    );
  });

  it('are looked at even if the stack does not name them', async () => {
    protection.copies = { 'eu-west-1': { status: 'ACTIVE', own: SAFE } };
    expect((await look()).map(({ lookedAt }) => lookedAt)).toContain('copy in eu-west-1');
  });

  it('say so while they are filled', async () => {
    protection.copies = { 'eu-west-1': { status: 'CREATING', own: SAFE } };
    expect((await look('eu-west-1'))[0]).toEqual({
      lookedAt: 'copy in eu-west-1',
      state: 'ok',
      found: 'it is being filled',
    });
  });

  it('are wrong if the stack has one that the table does not', async () => {
    expect(await look('eu-west-1')).toEqual([
      {
        lookedAt: 'copy in eu-west-1',
        state: 'wrong',
        found: 'there is none, though the stack was deployed with one',
        remedy: `Add it: ${PROCEDURE}.`,
      },
    ]);
  });

  it.each(['REGION_DISABLED', 'REPLICATION_NOT_AUTHORIZED', 'INACCESSIBLE_ENCRYPTION_CREDENTIALS'])(
    'that are cut off are wrong, with the time that is left: %s',
    async (status) => {
      protection.copies = { 'eu-west-1': { status, own: SAFE } };
      expect(await look('eu-west-1')).toEqual([
        {
          lookedAt: 'copy in eu-west-1',
          state: 'wrong',
          found: `it is ${status}, not ACTIVE: nothing new reaches it, and after 20 hours AWS makes it a table of its own`,
          remedy: `See ${PROCEDURE}.`,
        },
      ]);
    },
  );

  it('are wrong in any other state', async () => {
    protection.copies = { 'eu-west-1': { status: 'CREATION_FAILED', own: SAFE } };
    expect((await look('eu-west-1'))[0]?.found).toBe('it is CREATION_FAILED, not ACTIVE');
  });

  it('are wrong if DynamoDB names one that is not there', async () => {
    protection.copies = { 'eu-west-1': { status: 'ACTIVE' } };
    expect((await look('eu-west-1')).map(({ state, found }) => `${state} ${found}`)).toEqual([
      'ok DynamoDB keeps it up to date',
      'wrong there is no such table in this AWS region',
    ]);
  });

  it('whose AWS region does not answer are unknown, and hide no other', async () => {
    protection.copies = {
      'eu-west-1': { status: 'ACTIVE', own: SAFE },
      'us-east-1': { status: 'ACTIVE', own: SAFE },
    };
    const { dynamoDb: home } = clients;
    // Nothing listens on this port.
    const down = new DynamoDBClient({ region: 'eu-west-1', endpoint: 'http://127.0.0.1:9', maxAttempts: 1 });
    const dynamoDbIn = (awsRegion: string) =>
      awsRegion === 'eu-west-1' ? down : clients.dynamoDbIn(awsRegion);
    const found = await lookAtCopies({ dynamoDb: home, dynamoDbIn }, 'ledger', []);
    down.destroy();
    expect(found.map(({ lookedAt, state }) => `${lookedAt}: ${state}`)).toContain(
      'protection in eu-west-1: unknown',
    );
    expect(found.map(({ lookedAt }) => lookedAt)).toContain('deletion protection in us-east-1');
  });
});
