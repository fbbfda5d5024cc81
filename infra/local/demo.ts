import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createLedgerReader } from '../../lambda/adapters/ledger/reader.ts';
import { readKeys } from '../../lambda/adapters/secrets.ts';
import { type AccountName, defaultAccount } from '../../lambda/core/account.ts';
import type { Clock } from '../../lambda/core/clock.ts';
import { DAY, formatSecond, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { isDue, slotsBetween } from '../../lambda/core/slots.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import { assembleCollector } from '../../lambda/handlers/assemble.ts';
import { systemClock } from '../../lambda/handlers/clock.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { newestScheduled } from '../../lambda/history/slots.ts';
import {
  DEMO_GRID,
  DEMO_REGIONS,
  DEMO_SEED,
  DEMO_VARIABLES,
  demoAccounts,
  secretOf,
} from './demo-accounts.ts';
import { incidentAt, runTroubleAt } from './demo-incidents.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { startSecretsEndpoint } from './secrets-endpoint.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { startSimulatedUpbit } from './simulated-upbit.ts';

/** How far back a start fills, at most. */
const MAX_PAST = 30 * DAY;
/** When the scheduler's call arrives, after its slot. */
const DELAY = 1.2 * SECOND;
const SECRET_ID = 'api-keys';

export interface DemoOptions {
  /** Where the simulated ledger is kept. */
  readonly directory: string;
  readonly tableName: string;
  /** The present, to fill up to. */
  readonly now: Instant;
  /** Told after each slot: how many of how many are done. */
  readonly onProgress: (done: number, all: number) => void;
}

/** A demo that has been filled up to now, with its parts still running. */
export interface Demo {
  readonly reader: LedgerReader;
  /** How many slots this start has filled. */
  readonly filled: number;
  /** Takes a snapshot of now, outside the schedule, and returns the accounts it is of. */
  snapshot(): Promise<readonly AccountName[]>;
  close(): Promise<void>;
}

/**
 * Starts the whole on this machine with an Upbit that is made up, and fills the ledger's hourly slots from the last
 * stored one (30 days at most) up to now: the real collector, over real HTTP, on a clock on which waiting takes no
 * time. A few runs and calls fail on purpose, always the same ones.
 *
 * @throws CodedError `ledger.busy` where another process has the directory.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { directory, tableName, now } = options;
  let clock: Clock = systemClock;
  const database = await startEmbeddedDynamoDb({ directory, tableName });
  const upbit = await startSimulatedUpbit({ now: () => clock.now() });
  const secrets = await startSecretsEndpoint();
  const dynamoDb = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  const secretsManager = new SecretsManagerClient({ endpoint: secrets.endpoint, ...LOCAL_CREDENTIALS });
  const close = async () => {
    dynamoDb.destroy();
    secretsManager.destroy();
    await Promise.all([upbit.close(), secrets.close(), database.close()]);
  };
  const reader = createLedgerReader({ client: dynamoDb, tableName });
  const environment = readEnvironment({
    ...DEMO_VARIABLES,
    TABLE_NAME: tableName,
    API_KEYS_SECRET_ID: SECRET_ID,
    UPBIT_API_URL: upbit.url,
  });
  const collectorOn = (its: Clock) =>
    assembleCollector(environment, {
      dynamoDb,
      readKeys: () => readKeys(secretsManager, SECRET_ID),
      clock: its,
      write: () => undefined,
      // A real hour lies between two runs, a simulated one takes milliseconds: nobody changes the secret in between.
      lifetime: MAX_PAST,
    });

  try {
    const { slots, origin } = await findWork(reader, now);
    const accounts = demoAccounts(origin);
    for (const account of accounts) upbit.accounts.set(account.accessKey, account);
    secrets.put(SECRET_ID, secretOf(accounts));

    const past = new SimulatedClock(now);
    clock = past;
    const collector = collectorOn(past);
    for (const [index, slot] of slots.entries()) {
      const trouble = runTroubleAt(DEMO_SEED, slot);
      upbit.fault = ({ region, at }) => {
        const incident = incidentAt(DEMO_SEED, region, slot);
        return incident !== undefined && at < slot + DELAY + incident.lasts ? incident.fault : undefined;
      };
      past.set(slot + DELAY + (trouble?.kind === 'late' ? trouble.by : 0));
      if (hasRun(slot)) await collector({ slot: formatSecond(slot) }, past.now() + TIME_LIMIT);
      options.onProgress(index + 1, slots.length);
    }

    clock = systemClock;
    upbit.fault = () => undefined;
    return {
      reader,
      filled: slots.length,
      snapshot: async () => {
        const report = await collectorOn(systemClock)({ manual: true }, systemClock.now() + TIME_LIMIT);
        return report.accounts.map((line) => line.account);
      },
      close,
    };
  } catch (error) {
    // Whatever listens would keep the process alive.
    await close();
    throw error;
  }
}

/** The slots to fill, and when the simulated portfolios began: at the first run of this ledger. */
async function findWork(
  reader: LedgerReader,
  now: Instant,
): Promise<{ readonly slots: readonly Instant[]; readonly origin: Instant }> {
  const { schedules } = await reader.catalog();
  const filledTo = await Promise.all(
    DEMO_REGIONS.map((region) => newestScheduled(reader, defaultAccount(region), now)),
  );
  // The slot in which a start was cut short lacks some account, and is run again.
  const from = Math.max(now - MAX_PAST, Math.min(...filledTo) + 1);
  const slots = [...slotsBetween(DEMO_GRID, from, now - DELAY)].filter((slot) => isOver(slot, now));
  return { slots, origin: schedules[0]?.from ?? slots.find(hasRun) ?? now };
}

/** A run that goes wrong takes minutes. One that would still be going on is left to the next start. */
function isOver(slot: Instant, now: Instant): boolean {
  const goesWell =
    runTroubleAt(DEMO_SEED, slot) === undefined &&
    DEMO_REGIONS.every((region) => incidentAt(DEMO_SEED, region, slot) === undefined);
  return goesWell || isDue(DEMO_GRID.every, slot, now);
}

function hasRun(slot: Instant): boolean {
  return runTroubleAt(DEMO_SEED, slot)?.kind !== 'none';
}
