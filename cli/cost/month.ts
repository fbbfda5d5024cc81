import { LIFETIME } from '../../lambda/collector/cached.ts';
import { add, type Decimal, multiply } from '../../lambda/core/decimal.ts';
import { DAY, HOUR } from '../../lambda/core/instant.ts';
import { encodeItem } from '../../lambda/core/item.ts';
import { encodePrices } from '../../lambda/core/price-item.ts';
import { REGION_IDS } from '../../lambda/core/regions.ts';
import { MOST_DAYS_BACK } from '../../lambda/core/seal.ts';
import { encodeSeal } from '../../lambda/core/seal-item.ts';
import { CADENCES, type Cadence } from '../../lambda/core/slots.ts';
import { itemBytes } from '../../lambda/core/stored.ts';
import { VERSION } from '../../lambda/core/version.ts';
import { exact } from './exact.ts';
import { typicalBalances } from './typical-balances.ts';
import { typicalPrices } from './typical-prices.ts';
import { typicalSeal } from './typical-seal.ts';

/** What a month's usage depends on, besides the stack. */
export interface Work {
  readonly accounts: number;
  /** Per account. */
  readonly currencies: number;
  readonly every: Cadence;
  /** How many regions are configured. */
  readonly regions: number;
  /** Whether their prices are recorded too. */
  readonly prices: boolean;
  /** Whether days are sealed too. */
  readonly seals: boolean;
  /** Whether a time-stamp authority signs the seals. */
  readonly timestamps: boolean;
  /** How many months of records the ledger holds. */
  readonly months: number;
}

/** A month's usage, in the units AWS bills. GB are 10^9 bytes. */
export interface Month {
  readonly hours: Decimal;
  readonly runs: Decimal;
  /** Over all runs. */
  readonly seconds: Decimal;
  /** How often the secret is read. */
  readonly readings: Decimal;
  /** Size of one snapshot, as DynamoDB counts it. */
  readonly snapshotBytes: number;
  /** Size of the prices of one region and slot, as DynamoDB counts it. */
  readonly priceBytes: number;
  readonly writeUnits: Decimal;
  readonly readUnits: Decimal;
  /** What is added to the ledger, as DynamoDB counts what it stores. */
  readonly writtenGb: Decimal;
  readonly storedGb: Decimal;
  readonly loggedGb: Decimal;
  /** Log written per day: the stored log per day of retention. */
  readonly loggedGbADay: Decimal;
  /** Sent to Upbit. */
  readonly sentGb: Decimal;
  /** Sent and received from private subnets, except to DynamoDB. */
  readonly natGb: Decimal;
  /** What the sealer does; its reads and writes are in the units above. */
  readonly sealer: Pick<Month, 'runs' | 'seconds' | 'loggedGb' | 'loggedGbADay'>;
}

/** The longest month, so no other costs more. A multiple of every cadence. */
const DAYS = 31;

/** DynamoDB's units: aws.amazon.com/dynamodb/pricing/on-demand. The catalog is read consistently. */
const WRITE_UNIT = 1024;
const READ_UNIT = 4096;
/** What DynamoDB adds per stored item. */
const STORED_WITH_ITEM = 100;
/** A catalog entry at most: attribute names, text and account name. */
const CATALOG_ENTRY = 128;

/**
 * The log line about an account, plus the 26 bytes CloudWatch adds per line.
 *
 * @internal exported for its test
 */
export const LOGGED_PER_ACCOUNT = 280;
/**
 * The log lines about the run and its metrics.
 *
 * @internal exported for its test
 */
export const LOGGED_PER_RUN = 600;
/**
 * The log line about the prices of a region.
 *
 * @internal exported for its test
 */
export const LOGGED_PER_TICKER = 180;
/** Lambda's own log lines: cold start, start of the run, and its report. A high estimate, not measured. */
const LOGGED_BY_LAMBDA = 1_200;

/**
 * The log line about a day that was sealed.
 *
 * @internal exported for its test
 */
export const LOGGED_PER_SEAL = 260;

/** Connecting (TLS) and one answer, in bytes: a high estimate. Reading the secret costs as much. */
const SENT_PER_CALL = 5_000;
const RECEIVED_PER_CALL = 20_000;
/** The same with the prices of 300 markets, which Upbit compresses to 35 kB. */
const RECEIVED_PER_TICKER = 50_000;

const BYTES_IN_GB = exact('1e-9');

/**
 * The billed seconds of a run at 256 MB, assuming a cold start. Measured over TLS on the processor share of 256 MB, with
 * Upbit 80 ms away: 2.1 s with 3 accounts, 4.4 s with 30, 5.8 s with 60; with the prices of three regions of 300 markets each,
 * 1.0 to 1.1 s more. This is a little more.
 *
 * @param tickers how many regions are asked for prices.
 */
export function typicalSeconds(accounts: number, tickers: number): Decimal {
  const [perAccount, perTicker] = [
    multiply(exact('0.08'), exact(accounts)),
    multiply(exact('0.4'), exact(tickers)),
  ];
  return add(exact('2.2'), add(perAccount, perTicker));
}

/**
 * The billed seconds of sealing a day at 1,024 MB, assuming a cold start. Measured for docs/ledger.md#seals with DynamoDB on the
 * same machine; this has 10 ms more for each partition, and a little more.
 *
 * @param partitions how many accounts have snapshots, and regions prices.
 * @param every how often each has.
 * @param isStamped whether a time-stamp authority is asked too, somewhere in the world.
 */
export function typicalSealSeconds(partitions: number, every: Cadence, isStamped: boolean): Decimal {
  const perSlot = multiply(exact('0.0003'), exact(DAY / CADENCES[every]));
  const alone = add(exact('0.5'), multiply(exact(partitions), add(exact('0.01'), perSlot)));
  return isStamped ? add(alone, exact(2)) : alone;
}

/** How many regions are asked for prices: those with an account, which are all where there are as many accounts. */
export function tickersOf({
  accounts,
  regions,
  prices,
}: Pick<Work, 'accounts' | 'regions' | 'prices'>): number {
  return prices ? Math.min(accounts, regions) : 0;
}

/** What the collector does in a month if every run succeeds. */
export function monthOf(work: Work): Month {
  const { accounts, currencies, every, months } = work;
  const tickers = tickersOf(work);
  const runs = (DAYS * DAY) / CADENCES[every];
  const readings = (DAYS * DAY) / Math.max(CADENCES[every], LIFETIME);
  const snapshots = runs * accounts;
  const sheets = runs * tickers;
  const snapshotBytes = itemBytes(typicalItem(currencies));
  const priceBytes = itemBytes(encodePrices(typicalPrices(currencies)));
  // One entry per account and one for the schedule. Every run reads them.
  const catalogBytes = (accounts + 1) * CATALOG_ENTRY;
  const catalogUnits = Math.ceil(catalogBytes / READ_UNIT);
  const slots = DAY / CADENCES[every];
  const bytesOfSeal = (isStamped: boolean) =>
    itemBytes(encodeSeal(typicalSeal(accounts, tickers, isStamped)));
  const sealBytes = bytesOfSeal(work.timestamps);
  // A seal is written when it is made, and once more with its token.
  const sealWrites = (work.timestamps ? [false, true] : [false]).map((isStamped) =>
    Math.ceil(bytesOfSeal(isStamped) / WRITE_UNIT),
  );
  const days = work.seals ? DAYS : 0;
  const sealLogged = days * (LOGGED_PER_SEAL * sealWrites.length + LOGGED_BY_LAMBDA);
  // The catalog twice, the newest seal, those that may have no token, every item of the day, and a unit for each partition without one.
  const sealReads =
    2 * catalogUnits +
    Math.ceil(sealBytes / READ_UNIT) +
    (work.timestamps ? Math.ceil((MOST_DAYS_BACK * sealBytes) / READ_UNIT) : 0) +
    accounts * Math.ceil((slots * snapshotBytes) / READ_UNIT) +
    tickers * Math.ceil((slots * priceBytes) / READ_UNIT) +
    2 * REGION_IDS.length;
  const written =
    snapshots * (snapshotBytes + STORED_WITH_ITEM) +
    sheets * (priceBytes + STORED_WITH_ITEM) +
    days * (sealBytes + STORED_WITH_ITEM);
  const logged =
    runs * (LOGGED_PER_RUN + LOGGED_BY_LAMBDA + LOGGED_PER_ACCOUNT * accounts + LOGGED_PER_TICKER * tickers);
  return {
    hours: exact((DAYS * DAY) / HOUR),
    runs: exact(runs),
    seconds: multiply(exact(runs), typicalSeconds(accounts, tickers)),
    readings: exact(readings),
    snapshotBytes,
    priceBytes,
    writeUnits: exact(
      snapshots * Math.ceil(snapshotBytes / WRITE_UNIT) +
        sheets * Math.ceil(priceBytes / WRITE_UNIT) +
        days * sealWrites.reduce((sum, units) => sum + units),
    ),
    readUnits: exact(runs * catalogUnits + days * sealReads),
    writtenGb: gigabytes(written),
    storedGb: gigabytes(months * written),
    loggedGb: gigabytes(logged),
    loggedGbADay: gigabytes(logged / DAYS),
    sentGb: gigabytes((snapshots + sheets) * SENT_PER_CALL),
    natGb: gigabytes(
      (snapshots + readings) * (SENT_PER_CALL + RECEIVED_PER_CALL) +
        sheets * (SENT_PER_CALL + RECEIVED_PER_TICKER),
    ),
    sealer: {
      runs: exact(days),
      seconds: multiply(exact(days), typicalSealSeconds(accounts + tickers, every, work.timestamps)),
      loggedGb: gigabytes(sealLogged),
      loggedGbADay: gigabytes(sealLogged / DAYS),
    },
  };
}

function gigabytes(bytes: number): Decimal {
  return multiply(exact(bytes), BYTES_IN_GB);
}

function typicalItem(currencies: number) {
  return encodeItem({
    account: 'sg/main',
    slot: 0,
    observedAt: 0,
    manual: false,
    writer: VERSION,
    keyId: '01234567',
    balances: typicalBalances(currencies),
    unknownFields: [],
  });
}
