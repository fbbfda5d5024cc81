import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { type SecretsEndpoint, startSecretsEndpoint } from '../../../infra/local/secrets-endpoint.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../../infra/local/simulated-upbit.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import type { Instant } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { simulated } from '../../support/local-parts.ts';
import { secret } from '../../support/memory-parts.ts';
import { allReadable } from '../../support/readable.ts';
import type { DeployedFunction } from './deployed.ts';

const TABLE = 'ledger';
const SECRET = 'api-keys';

/** The services that the bundle calls, on this machine and its clock: a DynamoDB, a Secrets Manager and an Upbit. */
export interface StandIns {
  readonly upbit: SimulatedUpbit;
  readonly secrets: SecretsEndpoint;
  readonly reader: LedgerReader;
  /** The template's own environment, its references resolved to the stand-ins, and what Lambda would add. */
  environment(deployed: DeployedFunction): Record<string, string>;
  entries(account: AccountName): Promise<readonly Entry[]>;
  close(): Promise<void>;
}

/** Starts them, by default on the embedded DynamoDB; `database` must have the table `ledger`. */
export async function startStandIns(
  accounts: readonly AccountName[],
  database?: { readonly endpoint: string; close(): Promise<void> },
): Promise<StandIns> {
  const { endpoint, close } = database ?? (await startEmbeddedDynamoDb({ tableName: TABLE }));
  const secrets = await startSecretsEndpoint({ [SECRET]: secret(...accounts) });
  const upbit = await startSimulatedUpbit({
    now: Date.now,
    accounts: accounts.map((account) => simulated(account)),
  });
  const client = new DynamoDBClient({ endpoint, ...LOCAL_CREDENTIALS });
  const reader = createLedgerReader({ client, tableName: TABLE });
  return {
    upbit,
    secrets,
    reader,
    environment: ({ environment }) => ({
      ...Object.fromEntries(Object.entries(environment).map(([name, value]) => [name, resolve(name, value)])),
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'fake',
      AWS_SECRET_ACCESS_KEY: 'fake',
      AWS_SESSION_TOKEN: 'fake',
      AWS_ENDPOINT_URL_DYNAMODB: endpoint,
      AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
      UPBIT_API_URL: upbit.url,
      // The runtime in AWS is Node 24; on 20 the SDK prints a warning.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
    }),
    entries: async (account) => {
      const found: Entry[] = [];
      for await (const entry of allReadable(reader.entries(account, 0, FOREVER))) found.push(entry);
      return found;
    },
    close: async () => {
      client.destroy();
      await Promise.all([upbit.close(), secrets.close(), close()]);
    },
  };
}

const FOREVER: Instant = Date.UTC(9999, 0, 1);

/** The table's name and the secret's id are references in the template; everything else is plain text. */
function resolve(name: string, value: unknown): string {
  if (name === 'TABLE_NAME') return TABLE;
  if (name === 'API_KEYS_SECRET_ID') return SECRET;
  if (typeof value !== 'string') throw new Error(`${name} is an unknown reference`);
  return value;
}
