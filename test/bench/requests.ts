import { startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { named } from '../support/local-parts.ts';
import { type DeployedFunction, invoke } from '../system/bundle/deployed.ts';
import { startStandIns } from '../system/bundle/stand-ins.ts';
import { startCountingProxy } from './counting-proxy.ts';
import type { Figure } from './figure.ts';

const ACCOUNTS = 30;
const WARM_RUNS = 5;

/** The bundle's requests to each service: in the very first run, a cold one, and warm ones. */
export async function measureRequests(deployed: DeployedFunction): Promise<Figure[]> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => named(`sg/a${index}`));
  const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  const proxy = await startCountingProxy(database.endpoint);
  const standIns = await startStandIns(accounts, {
    endpoint: proxy.endpoint,
    close: async () => {
      await proxy.close();
      await database.close();
    },
  });
  const environment = { ...standIns.environment(deployed), REGIONS: 'sg' };
  const now = Date.now();
  const count = async (runs: number, first: number) => {
    const [calls, secrets] = [standIns.upbit.calls.length, standIns.secrets.calls()];
    proxy.take();
    const events = Array.from({ length: runs }, (_, index) => [
      { manual: formatSecond(now - (first + index) * SECOND) },
    ]);
    await invoke(deployed, environment, events);
    const asked = proxy.take();
    return {
      upbit: standIns.upbit.calls.length - calls,
      secrets: standIns.secrets.calls() - secrets,
      queries: asked.get('Query') ?? 0,
      puts: asked.get('PutItem') ?? 0,
    };
  };
  const veryFirst = await count(1, 0);
  const cold = await count(1, 1);
  const warm = await count(1 + WARM_RUNS, 2);
  await standIns.close();

  const times = WARM_RUNS * ACCOUNTS;
  const figure = (id: string, what: string, value: number, goal?: Figure['goal']): Figure => ({
    id: `requests.${id}`,
    what,
    value,
    unit: 'requests',
    kind: 'exact',
    ...(goal === undefined ? {} : { goal }),
  });
  return [
    figure('upbit', 'Upbit, per account and slot', (warm.upbit - cold.upbit) / times, { most: 1 }),
    figure('puts', 'DynamoDB, per account and slot', (warm.puts - cold.puts) / times, { most: 1 }),
    figure('secret', 'Secrets Manager, per cold start', cold.secrets, { most: 1 }),
    figure('catalog', 'the catalog, per cold start', cold.queries, { most: 1 }),
    figure('warm-secret', 'Secrets Manager, five warm runs', warm.secrets - cold.secrets, { most: 0 }),
    // No goal: each run must know the blocks and closings written since the last one.
    figure('warm-catalog', 'the catalog, per warm run', (warm.queries - cold.queries) / WARM_RUNS),
    figure(
      'very-first',
      `puts of the very first run of ${ACCOUNTS} accounts (each enters the catalog)`,
      veryFirst.puts,
    ),
  ];
}
