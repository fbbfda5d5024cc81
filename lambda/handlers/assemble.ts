import { randomUUID } from 'node:crypto';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { findAddress } from '../adapters/check-ip.ts';
import type { Fetch } from '../adapters/fetch.ts';
import { fingerprint } from '../adapters/fingerprint.ts';
import { readCatalog, type Table } from '../adapters/ledger/catalog.ts';
import { createLedgerWriter } from '../adapters/ledger/writer.ts';
import { nodeGet } from '../adapters/node-get.ts';
import type { Turns } from '../adapters/turns.ts';
import { createUpbit } from '../adapters/upbit/exchange.ts';
import type { UpbitHosts } from '../adapters/upbit/request.ts';
import { createTicker } from '../adapters/upbit/ticker.ts';
import { Blocks } from '../collector/blocks.ts';
import { Cached } from '../collector/cached.ts';
import { type CheckParts, type CheckReport, type CheckSettings, check } from '../collector/check.ts';
import { collect, type Report } from '../collector/collect.ts';
import { PriceSource } from '../collector/price-source.ts';
import type { Clock } from '../core/clock.ts';
import { CodedError } from '../core/error.ts';
import { parseEvent } from '../core/event.ts';
import type { Instant } from '../core/instant.ts';
import type { Keys } from '../core/keys.ts';
import { VERSION } from '../core/version.ts';
import type { Environment } from './environment.ts';
import { COLLECTOR_FIELDS, createEmitter, createLog, type Write } from './stdout.ts';

/** The dependencies of a collector. */
export interface CollectorDeps {
  /**
   * Makes the client of one run. A client keeps count of its retries: what a run in which DynamoDB was down used up must not
   * be missing in the next.
   */
  readonly dynamoDb: () => DynamoDBClient;
  /** Reads the API keys. Throws CodedError secret.*. */
  readonly readKeys: () => Promise<Keys>;
  readonly clock: Clock;
  /** Writes a line of the log. */
  readonly write: Write;
  /**
   * How old the cached keys and catalog may be before they are read again, in milliseconds; by default 15 minutes for
   * the keys and 0 for the catalog.
   */
  readonly lifetime?: number;
  /** The network; by default `nodeGet`. */
  readonly fetch?: Fetch;
  /** Returns a new UUIDv4 for every call; Node's by default. */
  readonly nonce?: () => string;
  /** A number from 0 to 1; Node's by default. */
  readonly random?: () => number;
  /** Waited for before an answer is judged; by default a turn of the event loop. */
  readonly turn?: Turns;
}

/**
 * Handles one event within the time the platform gives.
 *
 * @throws CodedError `event.invalid`, and everything that `collect` and `check` throw.
 */
export type Collector = (event: unknown, endsAt: Instant) => Promise<Report | CheckReport>;

/** Assembles the collector. It keeps its caches for as long as it lives, so create one per process. */
export function assembleCollector(environment: Environment, deps: CollectorDeps): Collector {
  const { clock, write, lifetime } = deps;
  const now = () => clock.now();
  let client = deps.dynamoDb();
  const table: Table = {
    get client() {
      return client;
    },
    tableName: environment.tableName,
  };
  const settings: CheckSettings = { ...environment, writer: VERSION };
  const { checkIpUrl } = environment;
  const hosts: UpbitHosts = { fetch: deps.fetch ?? nodeGet, baseUrl: environment.baseUrl, now };
  const blocks = new Blocks();
  const parts: CheckParts = {
    exchange: createUpbit({ ...environment, ...hosts, nonce: deps.nonce ?? randomUUID, turn: deps.turn }),
    prices: environment.prices ? new PriceSource(createTicker(hosts), clock, blocks) : undefined,
    keys: new Cached(deps.readKeys, now, lifetime),
    // Every run reads it, since it may have a new block or closing; the cached one is used if that fails.
    catalog: new Cached(() => readCatalog(table), now, lifetime ?? 0),
    ledger: createLedgerWriter(table),
    blocks,
    findAddress: async () =>
      checkIpUrl === undefined ? undefined : await findAddress(hosts.fetch, checkIpUrl),
    clock,
    random: deps.random ?? Math.random,
    fingerprint,
    log: createLog(COLLECTOR_FIELDS, write, now),
    emit: createEmitter(write, now, environment.functionName),
  };
  return async function handleEvent(event, endsAt) {
    client = deps.dynamoDb();
    const parsed = parseEvent(event, settings, clock.now());
    if (parsed.problem !== undefined) throw new CodedError('event.invalid', parsed.problem);
    if (parsed.value.kind === 'check') return await check(settings, parts);
    const { kind, slot } = parsed.value;
    return await collect({ slot, manual: kind === 'manual' }, settings, parts, endsAt);
  };
}
