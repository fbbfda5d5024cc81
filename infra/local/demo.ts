import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { createLedgerReader } from '../../lambda/adapters/ledger/reader.ts';
import { createStoredLedger } from '../../lambda/adapters/ledger/stored.ts';
import { readKeys } from '../../lambda/adapters/secrets.ts';
import { type AccountName, defaultAccount } from '../../lambda/core/account.ts';
import type { Clock } from '../../lambda/core/clock.ts';
import { DAY, formatSecond, HOUR, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { isDue, localMidnight, slotsBetween } from '../../lambda/core/slots.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import { assembleCollector } from '../../lambda/handlers/assemble.ts';
import { assembleSealer } from '../../lambda/handlers/assemble-sealer.ts';
import { systemClock } from '../../lambda/handlers/clock.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { newestScheduled } from '../../lambda/history/slots.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import {
  DEMO_GRID,
  DEMO_REGIONS,
  DEMO_SEED,
  DEMO_VARIABLES,
  demoAccounts,
  secretOf,
} from './demo-accounts.ts';
import { type Incident, incidentAt, priceIncidentAt, runTroubleAt } from './demo-incidents.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from './embedded-dynamodb.ts';
import { startSecretsEndpoint } from './secrets-endpoint.ts';
import { SimulatedClock } from './simulated-clock.ts';
import { simulatedMarket } from './simulated-market.ts';
import { startSimulatedUpbit } from './simulated-upbit.ts';
import type { Fault } from './upbit-faults.ts';

/** How far back a start fills the ledger, at most. */
const MAX_PAST = 30 * DAY;
/** How long after its slot the scheduler's call arrives. */
const DELAY = 1.2 * SECOND;
const SECRET_ID = 'api-keys';

export interface DemoOptions {
  /** Where the simulated ledger is kept. */
  readonly directory: string;
  readonly tableName: string;
  /** The current time: slots up to it are filled. */
  readonly now: Instant;
  /** Called after each slot with the progress. */
  readonly onProgress: (done: number, all: number) => void;
}

/** A demo filled up to now, with its servers still running. */
export interface Demo {
  readonly reader: LedgerReader;
  /** The same ledger, as it is stored. */
  readonly stored: StoredLedger;
  /** How many slots this start has filled. */
  readonly filled: number;
  /** Takes a manual snapshot now, and returns its accounts. */
  snapshot(): Promise<readonly AccountName[]>;
  close(): Promise<void>;
}

/**
 * Starts everything on this machine with a simulated Upbit, and fills the ledger's hourly slots from the last stored one
 * (at most 30 days) up to now, using the real collector over real HTTP, with a clock on which waiting takes no time. A
 * few runs and calls fail on purpose, always the same ones. Each day is sealed by the real sealer.
 *
 * @throws CodedError `ledger.busy` if another process uses the directory.
 */
export async function startDemo(options: DemoOptions): Promise<Demo> {
  const { directory, tableName, now } = options;
  let clock: Clock = systemClock;
  const database = await startEmbeddedDynamoDb({ directory, tableName });
  const { prices } = simulatedMarket(DEMO_SEED);
  const upbit = await startSimulatedUpbit({ now: () => clock.now(), prices });
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
      dynamoDb: () => dynamoDb,
      readKeys: () => readKeys(secretsManager, SECRET_ID),
      clock: its,
      write: () => undefined,
      // Simulated runs are milliseconds apart, and nobody changes the secret in between.
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
    const sealer = assembleSealer(environment, { client: dynamoDb, clock: past, write: () => undefined });
    for (const [index, slot] of slots.entries()) {
      const trouble = runTroubleAt(DEMO_SEED, slot);
      upbit.fault = ({ region, at }) => faultOf(incidentAt(DEMO_SEED, region, slot), at - slot);
      upbit.tickerFault = ({ region, at }) => faultOf(priceIncidentAt(DEMO_SEED, region, slot), at - slot);
      past.set(slot + DELAY + (trouble?.kind === 'late' ? trouble.by : 0));
      if (hasRun(slot)) await collector({ slot: formatSecond(slot) }, past.now() + TIME_LIMIT);
      if (slot === sealingOf(slot)) await sealer({ seal: formatSecond(slot) });
      options.onProgress(index + 1, slots.length);
    }
    // What an interrupted start has not sealed.
    past.set(now);
    await sealer({ seal: formatSecond(now) });

    clock = systemClock;
    upbit.fault = () => undefined;
    upbit.tickerFault = () => undefined;
    return {
      reader,
      stored: createStoredLedger({ client: dynamoDb, tableName }),
      filled: slots.length,
      snapshot: async () => {
        const report = await collectorOn(systemClock)({ manual: true }, systemClock.now() + TIME_LIMIT);
        return report.accounts.map((line) => line.account);
      },
      close,
    };
  } catch (error) {
    // Servers that still listen would keep the process alive.
    await close();
    throw error;
  }
}

/** The slots to fill, and the start of the simulated portfolios: the first run of this ledger. */
async function findWork(
  reader: LedgerReader,
  now: Instant,
): Promise<{ readonly slots: readonly Instant[]; readonly origin: Instant }> {
  const { schedules } = await reader.catalog();
  const filledTo = await Promise.all(
    DEMO_REGIONS.map((region) => newestScheduled(reader, defaultAccount(region), now)),
  );
  // A slot during which a start was interrupted lacks some accounts, and is run again.
  const from = Math.max(now - MAX_PAST, Math.min(...filledTo) + 1);
  const slots = [...slotsBetween(DEMO_GRID, from, now - DELAY)].filter((slot) => isOver(slot, now));
  return { slots, origin: schedules[0]?.from ?? slots.find(hasRun) ?? now };
}

/** When days are sealed on the day of `instant`: an hour after its start. */
function sealingOf(instant: Instant): Instant {
  return localMidnight(DEMO_GRID.timeZone, instant) + HOUR;
}

/** A failing run takes minutes. One that would not have finished yet is left to the next start. */
function isOver(slot: Instant, now: Instant): boolean {
  const goesWell =
    runTroubleAt(DEMO_SEED, slot) === undefined &&
    DEMO_REGIONS.every((region) =>
      [incidentAt, priceIncidentAt].every((at) => at(DEMO_SEED, region, slot) === undefined),
    );
  return goesWell || isDue(DEMO_GRID.every, slot, now);
}

/** The fault of an incident, if it has not passed so long after its slot. */
function faultOf(incident: Incident | undefined, since: number): Fault | undefined {
  return incident !== undefined && since < DELAY + incident.lasts ? incident.fault : undefined;
}

function hasRun(slot: Instant): boolean {
  return runTroubleAt(DEMO_SEED, slot)?.kind !== 'none';
}
