import { requireAwsRegion } from '../../lambda/adapters/aws-region.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { requireCredentials } from '../ledger/aws-credentials.ts';
import { type DeployedStack, type Environment, findDeployment } from '../ledger/deployment.ts';
import { lookAtAlarms } from './alarms.ts';
import { type Clients, openClients } from './clients.ts';
import { lookAtConfiguration, readConfig } from './configuration.ts';
import { lookAtCopies } from './copies.ts';
import { type DeployedSchedule, nextSlot, withDeployed } from './deployed-schedule.ts';
import { lookAtSecret } from './deployed-secret.ts';
import { lookAtTable } from './dynamodb-table.ts';
import { type Finding, lookAt, ok, unknown } from './finding.ts';
import { lookAtFunction, readSettings, type Settings } from './function.ts';
import { lookAtNotices } from './notices.ts';
import { lookAtPrices } from './prices.ts';
import { lookAtQueue } from './queue.ts';
import { lookAtSchedule, lookAtSealSchedule } from './schedule.ts';
import { judgeSealer, type RunningSealer, readSealer } from './sealer.ts';
import { lookAtSeals } from './seals.ts';
import { lookAtSnapshots } from './snapshots.ts';
import { lookAtTimestamps } from './time-stamps.ts';
import { toldOnce } from './told-once.ts';

/**
 * Checks everything a deploy created: the configuration, the table, the schedule, its queues and alarms, the secret, and the
 * function, which signs in with every key. Changes nothing.
 *
 * @param asked the table, if the user named one.
 * @throws CodedError if nothing can be checked: `ledger.unavailable`, `file.invalid`, `environment.invalid`.
 */
export async function examineDeployed(
  asked: string | undefined,
  environment: Environment,
  root: string,
  now: Instant,
): Promise<readonly Finding[]> {
  const { tableName, awsRegion, stack } = findDeployment(asked, environment, root);
  const [{ createLedgerReader }, { createSealableLedger }, { createStoredLedger }] = await Promise.all([
    import('../../lambda/adapters/ledger/reader.ts'),
    import('../../lambda/adapters/ledger/seals.ts'),
    import('../../lambda/adapters/ledger/stored.ts'),
  ]);
  // A check of many accounts takes a while.
  const clients = await openClients(awsRegion, TIME_LIMIT + 10 * SECOND, environment);
  try {
    await requireAwsRegion(clients.dynamoDb, 'ledger.unavailable');
    // Reported once, and not for every part.
    await requireCredentials(clients.dynamoDb);
    const name = stack?.functionName;
    const settings = name === undefined ? undefined : readSettings(clients.lambda, name);
    // If the settings cannot be read, the finding about the function says so.
    const deployed = Promise.resolve(settings).catch(() => undefined);
    const table = { client: clients.dynamoDb, tableName };
    const reader = createLedgerReader(table);
    const sealer =
      stack?.sealer === undefined ? undefined : readSealer(clients.lambda, stack.sealer.functionName);
    const sealing = Promise.resolve(sealer).catch(() => undefined);
    const lookAtTheSeals = async () => {
      const [seals, found] = [createSealableLedger(table), await sealing];
      const stamps = await lookAtTimestamps(createStoredLedger(table), found, now);
      return [...(await lookAtSeals(seals, found?.timeZone, now)), ...stamps];
    };
    const parts = await Promise.all([
      lookAt(
        'configuration',
        async () => await lookAtConfiguration(root, (await deployed)?.environment, stack, await sealing),
      ),
      lookAtLedger({ clients, tableName, stack, reader, deployed, now, lookAtTheSeals }),
      stack === undefined
        ? [unknown('all else', `unknown: cdk.outputs.json has no deployment of the table ${tableName}`)]
        : lookAtStack({ clients, stack, tableName, settings, deployed, sealer, root }),
    ]);
    return toldOnce(parts.flat());
  } finally {
    clients.close();
  }
}

/** A table, and what reads it. */
interface LedgerParts {
  readonly clients: Clients;
  readonly tableName: string;
  readonly stack: DeployedStack | undefined;
  readonly reader: LedgerReader;
  readonly deployed: Promise<Settings | undefined>;
  readonly now: Instant;
  readonly lookAtTheSeals: () => Promise<readonly Finding[]>;
}

async function lookAtLedger(parts: LedgerParts): Promise<readonly Finding[]> {
  const { clients, tableName, stack, reader, deployed, now, lookAtTheSeals } = parts;
  const lookedAt = `table ${tableName}`;
  const table = await lookAt(lookedAt, () => lookAtTable(clients.dynamoDb, tableName));
  // Do not read a table that is not ours.
  if (table[0]?.state === 'wrong') return table;
  const snapshots = await lookAt('snapshots', async () => {
    const settings = await deployed;
    const schedule = scheduleOf(settings);
    const prices = settings && { prices: settings.environment.prices, changedAt: settings.changedAt };
    const stored = await reader.catalog();
    const catalog = schedule === undefined ? stored : await withDeployed(reader, stored, schedule);
    return [
      ...(await lookAtSnapshots(reader, catalog, now, true)),
      ...(await lookAt('prices', () => lookAtPrices(reader, catalog, now, prices))),
      ...nextSlot(stored, schedule, now),
    ];
  });
  const copies = await lookAt('copies', () => lookAtCopies(clients, tableName, stack?.replicas ?? []));
  return [...table, ...copies, ...snapshots, ...(await lookAt('seals', lookAtTheSeals))];
}

function scheduleOf(settings: Settings | undefined): DeployedSchedule | undefined {
  if (settings === undefined) return undefined;
  const { every, timeZone, regions } = settings.environment;
  return { every, timeZone, regions, changedAt: settings.changedAt };
}

/** A deployed stack, apart from its table. */
interface Stack {
  readonly clients: Clients;
  readonly stack: DeployedStack;
  readonly tableName: string;
  /** Undefined if the function is not known. */
  readonly settings: Promise<Settings | undefined> | undefined;
  /** The same; undefined if they cannot be read. */
  readonly deployed: Promise<Settings | undefined>;
  /** The sealer's environment; undefined if the stack has no sealer. */
  readonly sealer: Promise<RunningSealer | undefined> | undefined;
  readonly root: string;
}

async function lookAtStack(all: Stack): Promise<readonly Finding[]> {
  const { clients, stack, tableName, settings, deployed, root } = all;
  const { functionName, secretArn, logGroupName, alarmTopicArn } = stack;
  const parts = await Promise.all([
    known('schedule', stack.scheduleName, async (name) =>
      lookAtSchedule(clients.scheduler, name, (await deployed)?.environment),
    ),
    known('undelivered events', stack.undeliveredQueueUrl, (url) =>
      lookAtQueue(clients.sqs, 'undelivered events', url, 'event-undelivered'),
    ),
    known('failed runs', stack.failedRunsQueueUrl, (url) =>
      lookAtQueue(clients.sqs, 'failed runs', url, 'failed-run-kept'),
    ),
    known('alarms', alarmTopicArn, (topic) => lookAtAlarms(clients.cloudWatch, stack.name, topic)),
    known('notices', alarmTopicArn, async (topic) =>
      lookAtNotices(clients.sns, topic, await alarmEmail(root)),
    ),
    known('secret', secretArn, async (arn) =>
      lookAtSecret(clients.secretsManager, arn, (await deployed)?.environment.regions),
    ),
    functionName === undefined || settings === undefined
      ? known('function', undefined, async () => [])
      : lookAtFunction(clients.lambda, functionName, { tableName, secretArn, logGroupName }, settings),
    lookAtSealing(all),
  ]);
  return parts.flat();
}

/** Looks at what seals the days, if anything does. */
async function lookAtSealing({ clients, stack, tableName, sealer }: Stack): Promise<readonly Finding[]> {
  const deployed = stack.sealer;
  if (deployed === undefined || sealer === undefined)
    return [ok('sealer', 'there is none: the deployed stack has seals=false, or is of an older version')];
  const { functionName, scheduleName, undeliveredQueueUrl, failedRunsQueueUrl } = deployed;
  const parts = await Promise.all([
    known('schedule of the sealer', scheduleName, async (name) =>
      lookAtSealSchedule(clients.scheduler, name, (await sealer.catch(() => undefined))?.timeZone),
    ),
    known('undelivered events of the sealer', undeliveredQueueUrl, (url) =>
      lookAtQueue(clients.sqs, 'undelivered events of the sealer', url, 'no-seal'),
    ),
    known('failed runs of the sealer', failedRunsQueueUrl, (url) =>
      lookAtQueue(clients.sqs, 'failed runs of the sealer', url, 'no-seal'),
    ),
    lookAt(`function ${functionName}`, async () => judgeSealer(functionName, await sealer, tableName)),
  ]);
  return parts.flat();
}

/** Looks at a part if the deploy's outputs name it. */
async function known(
  lookedAt: string,
  output: string | undefined,
  look: (output: string) => Promise<readonly Finding[]>,
): Promise<readonly Finding[]> {
  if (output === undefined)
    return [unknown(lookedAt, 'unknown: not named in cdk.outputs.json; deploy again: npx cdk deploy')];
  return lookAt(lookedAt, () => look(output));
}

/** The address in cdk.json; undefined if there is none, or the file is not usable, which its own finding says. */
async function alarmEmail(root: string): Promise<string | undefined> {
  try {
    return (await readConfig(root)).alarmEmail;
  } catch (error) {
    if (error instanceof CodedError) return undefined;
    throw error;
  }
}
