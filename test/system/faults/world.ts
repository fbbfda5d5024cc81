import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { expect } from 'vitest';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import type { Table } from '../../../lambda/adapters/ledger/catalog.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorParts } from '../../../lambda/collector/ports.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { type Entry, isFailure } from '../../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import {
  holding,
  MemoryParts,
  refusal,
  type Script,
  SETTINGS,
  SLOT,
  secret,
} from '../../support/memory-parts.ts';
import { readable } from '../../support/readable.ts';
import { quoted, scriptedTicker } from '../../support/ticker.ts';
import { type Moment, mortal } from './mortal.ts';

export const accounts = (count: number) =>
  Array.from({ length: count }, (_, index): AccountName => `sg/a${index}`);

/** A ledger, and the processes that write to it in sequence, on one clock and one Upbit. */
class World {
  readonly names: readonly AccountName[];
  readonly memory: MemoryParts;
  /** The amounts that Upbit sent for each account; each is the time at which it was sent. */
  readonly told = new Map<string, string[]>();
  readonly reader: LedgerReader;
  /** Its first answer is an error that may pass. */
  readonly ticker = scriptedTicker((_, nth) =>
    nth === 1
      ? refusal('upbit.unavailable', 'later')
      : quoted({ 'SGD-BTC': String(this.memory.now), 'BTC-ETH': '0.03' }),
  );
  readonly #table: Table;

  constructor(table: Table, names: readonly AccountName[], script: Script) {
    this.#table = table;
    this.names = names;
    this.reader = createLedgerReader(table);
    this.memory = new MemoryParts(secret(...names));
    this.memory.ticker = this.ticker.ask;
    this.memory.script = async (account, call, now) => {
      const verdict = await script(account, call, now);
      return verdict.kind === 'balances' ? this.#tell(account) : verdict;
    };
  }

  #tell(account: AccountName) {
    this.memory.now += 1;
    const amount = String(this.memory.now);
    this.told.set(account, [...(this.told.get(account) ?? []), amount]);
    return holding({ BTC: amount });
  }

  /** What a new process has: the real ledger, and nothing in memory. */
  parts(): CollectorParts {
    return {
      ...this.memory.parts,
      ledger: createLedgerWriter(this.#table),
      catalog: {
        get: async () => ({ value: await this.reader.catalog() }),
        reload: async () => await this.reader.catalog(),
        update: () => undefined,
      },
    };
  }

  /** Runs the slot to its end. */
  async run(parts = this.parts()) {
    return await collect({ slot: SLOT, manual: false }, SETTINGS, parts, this.memory.now + 5 * MINUTE);
  }

  /** Runs the slot in a process that dies there, and returns whether it died. */
  async kill(dies: (moment: Moment) => boolean): Promise<boolean> {
    const { parts, died } = mortal(this.parts(), dies, this.ticker);
    return await Promise.race([died.then(() => true), this.run(parts).then(() => false)]);
  }

  /** Checks that everything recorded already has its catalog entry, and a block its end. */
  async expectAnnounced(): Promise<void> {
    const outcomes = await this.outcomes();
    const catalog = await this.reader.catalog();
    for (const [account, outcome] of Object.entries(outcomes)) {
      const entry = [...catalog.accounts.values()].find((each) => each.account === account);
      expect(entry).toMatchObject({ since: SLOT });
      expect(entry?.blockedUntil).toBe(outcome === 'upbit.blocked' ? SLOT + HOUR : undefined);
      expect(catalog.schedules).toHaveLength(1);
    }
  }

  /** Everything in the ledger except the observed amounts, prices and times. */
  async left() {
    const sheets = await this.reader.prices('sg', [SLOT]);
    const markets = sheets.flatMap((sheet) => ('prices' in sheet ? [...sheet.prices.keys()] : []));
    return { outcomes: await this.outcomes(), markets, catalog: await this.reader.catalog() };
  }

  /** What is recorded for each account: `ok` or a failure's code. */
  async outcomes(): Promise<Record<string, string>> {
    const found = await Promise.all(
      this.names.map(async (account) => {
        const found = await this.reader.newest(account, SLOT);
        if (found === undefined) return [];
        const item = readable<Entry>(found);
        if (isFailure(item)) return [[account, item.failure]];
        const [line] = item.balances;
        const amount = line === undefined ? '' : formatDecimal(line.balance);
        expect(this.told.get(account), 'the amount is one that Upbit sent').toContain(amount);
        expect(item.observedAt).toBeGreaterThanOrEqual(Number(amount));
        return [[account, 'ok']];
      }),
    );
    return Object.fromEntries(found.flat());
  }
}

/** Starts a world, uses it and ends it. */
export async function inWorld<T>(
  names: readonly AccountName[],
  script: Script,
  use: (world: World) => Promise<T>,
): Promise<T> {
  const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  const client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
  try {
    return await use(new World({ client, tableName: 'ledger' }, names, script));
  } finally {
    client.destroy();
    await database.close();
  }
}

export const well: Script = () => holding({});
/** A slot in which much goes wrong: a key that stays expired, a block, faults that recover. */
const troubled: Script = (account, call) => {
  if (account === 'sg/a1') return refusal('key.expired', 'never');
  if (account === 'sg/a2')
    return refusal('upbit.blocked', 'never', { block: { until: SLOT + HOUR, whom: 'account' } });
  const heals = account === 'sg/a0' || account === 'sg/a3';
  return heals && call === 1 ? refusal('upbit.unavailable', 'later') : holding({});
};

/**
 * Kills a run of so many accounts at every await, each time in a new world, and checks that a second run leaves
 * the same outcomes, the same markets with a price and the same catalog as an undisturbed one.
 */
export async function killEverywhere(count: number): Promise<void> {
  let kills = 0;
  for (const script of [well, troubled]) {
    const undisturbed = await inWorld(accounts(count), script, async (world) => {
      await world.run();
      return await world.left();
    });
    expect(Object.keys(undisturbed.outcomes)).toHaveLength(count);
    expect(undisturbed.markets).toEqual(['SGD-BTC']);
    const killAt = (moment: number) =>
      inWorld(accounts(count), script, async (world) => {
        if (!(await world.kill(({ count: nth }) => nth === moment))) return false;
        await world.expectAnnounced();
        world.memory.now += SECOND;
        await world.run();
        expect(await world.left(), `killed at moment ${moment}`).toEqual(undisturbed);
        return true;
      });
    for (let moment = 1; await killAt(moment); moment += 1) kills += 1;
  }
  console.log(`killed at ${kills} moments with ${count} accounts: every slot was completed`);
  // Two reads, the schedule, the ticker twice with a wait between, the prices, and for each account at least a call and a
  // record, each twice, in two scripts.
  expect(kills).toBeGreaterThanOrEqual(2 * 2 * (7 + 2 * count));
}
