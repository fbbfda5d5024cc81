import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { ROOT } from '../support/checkout.ts';
import { named } from '../support/local-parts.ts';
import type { DeployedFunction } from '../system/bundle/deployed.ts';
import { startStandIns } from '../system/bundle/stand-ins.ts';
import { startCountingProxy } from './counting-proxy.ts';
import { type Figure, median, round, spread } from './figure.ts';

const TIMES = 5;
/** How far away DynamoDB, Secrets Manager and Upbit are, in milliseconds. */
const LATENCY = 80;
/** The share of a processor of a function with 256 MB: docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const SHARE = 256 / 1_769;
/** The period in which a process gets its share, in milliseconds. */
const SLICE = 100;

/**
 * How long one run with so many accounts takes, with all services some distance away: a new process from its start
 * to its end, on a whole processor and on the share that Lambda gives 256 MB.
 */
export async function measureDuration(deployed: DeployedFunction, accounts: number): Promise<Figure[]> {
  const names = Array.from({ length: accounts }, (_, index) => named(`sg/a${index}`));
  const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  const dynamoDb = await startCountingProxy(database.endpoint, LATENCY);
  const standIns = await startStandIns(names, {
    endpoint: dynamoDb.endpoint,
    close: async () => {
      await dynamoDb.close();
      await database.close();
    },
  });
  const secrets = await startCountingProxy(standIns.secrets.endpoint, LATENCY);
  const upbit = await startCountingProxy(new URL(standIns.upbit.url).origin, LATENCY);
  const environment = {
    ...standIns.environment(deployed),
    REGIONS: 'sg',
    AWS_ENDPOINT_URL_SECRETS_MANAGER: secrets.endpoint,
    UPBIT_API_URL: `${upbit.endpoint}/{region}`,
  };
  // Only the first run adds the accounts to the catalog.
  await run(deployed, environment, 1);
  const figures: Figure[] = [];
  for (const [id, part, share] of [
    ['whole', 'a whole processor', 1],
    ['share', `${round(SHARE)} of a processor, as Lambda gives 256 MB`, SHARE],
  ] as const) {
    const taken: number[] = [];
    for (let time = 1; time <= TIMES; time += 1) {
      taken.push((await run(deployed, environment, share)) / SECOND);
    }
    figures.push({
      id: `duration.${accounts}.${id}`,
      what: `a cold run of ${accounts} accounts, all ${LATENCY} ms away, on ${part}`,
      value: round(median(taken)),
      unit: 's',
      kind: 'shown',
      note: spread(taken, 's'),
    });
  }
  await Promise.all([secrets.close(), upbit.close()]);
  await standIns.close();
  return figures;
}

async function run(
  { file, handlerName }: DeployedFunction,
  env: Readonly<Record<string, string>>,
  share: number,
): Promise<number> {
  const script = join(ROOT, 'test', 'system', 'bundle', 'invoke.mjs');
  const events = JSON.stringify([[{ manual: formatSecond(Date.now()) }]]);
  const startedAt = performance.now();
  const child = spawn(process.execPath, [script, file, handlerName, events], {
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const throttle = share < 1 ? setInterval(() => letRun(child, SLICE * share), SLICE) : undefined;
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    stdout += text;
  });
  await once(child, 'close');
  clearInterval(throttle);
  if (!stdout.includes('"failed":0,"unrecorded":0')) throw new Error(`the run failed: ${stdout}`);
  return performance.now() - startedAt;
}

function letRun(child: ChildProcess, milliseconds: number): void {
  child.kill('SIGCONT');
  setTimeout(() => child.kill('SIGSTOP'), milliseconds);
}
