import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { vi } from 'vitest';
import { type SecretsEndpoint, startSecretsEndpoint } from '../../infra/local/secrets-endpoint.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../infra/local/simulated-upbit.ts';
import { ARN, NOW, pair } from './keys-typed.ts';
import { ADA } from './local-parts.ts';

/** A deployment as `balances keys` sees it: the outputs of a deploy, the secret, and Upbit. */
export interface KeysPlace {
  readonly root: string;
  readonly secrets: SecretsEndpoint;
  readonly upbit: SimulatedUpbit;
  readonly environment: Readonly<Record<string, string>>;
  /** The current text of the secret. */
  current(): string | undefined;
  /** Writes the outputs of a deploy: by default, one stack with the secret. */
  deployed(outputs: object): void;
  close(): Promise<void>;
}

/**
 * Starts a secret with this text and an Upbit that knows the keys `pair('sg-main')`, `pair('sg-new')` and `pair('id-main')`,
 * and sets the environment of the AWS SDK.
 */
export async function startKeysPlace(text: string | undefined): Promise<KeysPlace> {
  const root = mkdtempSync(join(tmpdir(), 'keys-'));
  const secrets = await startSecretsEndpoint({ [ARN]: text });
  const upbit = await startSimulatedUpbit({
    now: () => NOW,
    accounts: (['sg-main', 'sg-new', 'id-main'] as const).map((name) => ({
      ...pair(name),
      region: name === 'id-main' ? 'id' : 'sg',
      balances: () => [ADA],
    })),
  });
  const deployed = (outputs: object) =>
    writeFileSync(join(root, 'cdk.outputs.json'), JSON.stringify(outputs));
  deployed({ balances: { TableName: 'ledger', ApiKeysSecretArn: ARN } });
  writeFileSync(join(root, 'cdk.json'), '{"context":{}}');
  vi.stubEnv('AWS_ENDPOINT_URL_SECRETS_MANAGER', secrets.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
  return {
    root,
    secrets,
    upbit,
    environment: { UPBIT_API_URL: upbit.url },
    current: () => secrets.versions(ARN)?.labelled('AWSCURRENT')?.text,
    deployed,
    close: async () => {
      vi.unstubAllEnvs();
      await Promise.all([secrets.close(), upbit.close()]);
      rmSync(root, { recursive: true });
    },
  };
}
