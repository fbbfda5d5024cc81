import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOCAL_TABLE, localDirectory } from '../../../cli/ledger/local-ledger.ts';
import { type Demo, startDemo } from '../../../infra/local/demo.ts';
import { incidentAt, priceIncidentAt, runTroubleAt } from '../../../infra/local/demo-incidents.ts';
import { LOCAL_CREDENTIALS, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { simulatedMarket } from '../../../infra/local/simulated-market.ts';
import { simulatedBalances } from '../../../infra/local/simulated-portfolio.ts';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { createLedgerWriter } from '../../../lambda/adapters/ledger/writer.ts';
import { type AccountName, regionOf } from '../../../lambda/core/account.ts';
import { parseBalances } from '../../../lambda/core/balances.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { PriceSheet } from '../../../lambda/core/prices.ts';
import type { Region } from '../../../lambda/core/regions.ts';
import { type Entry, isFailure, type Snapshot } from '../../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { slots } from '../../../lambda/history/slots.ts';
import { readText } from '../../support/checkout.ts';
import { demoPictures } from '../../support/demo-pictures.ts';
import { gaps } from '../../support/gaps-of.ts';
import { typedAt } from '../../support/local-ledger.ts';
import { at } from '../../support/memory-parts.ts';
import { allReadable } from '../../support/readable.ts';
import { typed } from '../../support/typed.ts';

const ACCOUNTS: readonly AccountName[] = ['id/main', 'sg/main', 'th/main'];
const SEED = 'demo';
const NOW = at('2026-10-30T12:30:00Z');
/** The first run: the incidents leave the two hours before it, the first of the thirty days, without a run. */
const FIRST = at('2026-09-30T15:00:00Z');

/** The start of a command and its output in a document. */
const COMMAND_BLOCK = '\n```\n$ npx balances ';

/** The failure recorded for a fault that outlasts every retry. Faults not listed recover within the run. */
const RECORDED: readonly (readonly [Fault, string])[] = [
  [FAULTS.maintenance, 'upbit.unavailable'],
  [FAULTS.expiredAccessKey, 'key.expired'],
  [FAULTS.reset, 'upbit.unreachable'],
];

/** Why a slot has no snapshot, according to the incidents; undefined if it has one. */
function reasonAt(account: AccountName, slot: Instant): string | undefined {
  const trouble = runTroubleAt(SEED, slot);
  if (trouble !== undefined) return trouble.kind === 'none' ? 'missing' : 'late';
  const fault = incidentAt(SEED, regionOf(account), slot)?.fault;
  return RECORDED.find(([lasting]) => lasting === fault)?.[1];
}

/** True if the ticker's incident leaves the slot without prices: it outlasts the second attempt. */
function isUnpriced(region: Region, slot: Instant): boolean {
  const incident = priceIncidentAt(SEED, region, slot);
  return incident !== undefined && incident.lasts > 10 * SECOND;
}

function hours(from: Instant, to: Instant): Instant[] {
  return Array.from({ length: Math.max(0, Math.ceil((to - from) / HOUR)) }, (_, hour) => from + hour * HOUR);
}

async function entriesOf(reader: LedgerReader): Promise<Entry[]> {
  const all: Entry[] = [];
  for (const account of ACCOUNTS)
    for await (const entry of allReadable(reader.entries(account, 0, at('9999-01-01T00:00:00Z'))))
      all.push(entry);
  return all;
}

/** The stored prices of a region, of all slots of the first start. */
async function sheetsOf(reader: LedgerReader, region: Region): Promise<PriceSheet[]> {
  const found = await reader.prices(region, hours(FIRST, NOW));
  return found
    .flatMap((sheet) => {
      if ('problem' in sheet) throw new Error(sheet.problem);
      return [sheet];
    })
    .sort((a, b) => a.slot - b.slot);
}

function isSnapshot(entry: Entry): entry is Snapshot {
  return !isFailure(entry);
}

/** The root of a seal depends on the version of the code, and on how long a retried call waited. */
function withoutRoots(text: string): string {
  return text.replace(/\b[0-9a-f]{64}\b/g, '…');
}

describe('the demo', () => {
  const root = mkdtempSync(join(tmpdir(), 'demo-'));
  const directory = localDirectory(root, 'demo');
  const progress: [number, number][] = [];
  let demo: Demo;
  /** The state after the first start. */
  let filled: readonly Entry[];
  /** The time of the last start. */
  let now = NOW;

  async function start(time: Instant) {
    now = time;
    demo = await startDemo({
      directory,
      tableName: LOCAL_TABLE,
      now,
      onProgress: (done, all) => progress.push([done, all]),
    });
  }
  async function restart(time: Instant) {
    await demo.close();
    await start(time);
  }
  /** The slots without a snapshot up to now, and why: from the ledger, and from the incidents. */
  async function compareGaps() {
    const told: string[] = [];
    for await (const gap of gaps(
      { reader: demo.reader, catalog: await demo.reader.catalog(), now },
      ACCOUNTS,
      { from: 0, to: now },
    ))
      told.push(`${gap.account} ${new Date(gap.slot).toISOString()} ${gap.reason}`);
    const due = hours(FIRST, now - 6 * MINUTE);
    const expected = ACCOUNTS.flatMap((account) =>
      due.flatMap((slot) => {
        const reason = reasonAt(account, slot);
        return reason === undefined ? [] : [`${account} ${new Date(slot).toISOString()} ${reason}`];
      }),
    );
    return { told, expected };
  }

  beforeAll(async () => {
    await start(NOW);
    filled = await entriesOf(demo.reader);
    // 720 runs over real HTTP take more than a minute on a busy machine.
  }, 5 * MINUTE);
  afterAll(async () => {
    await demo.close();
    rmSync(root, { recursive: true });
  });

  it('answers every command as docs/examples.md says', async () => {
    const blocks = readText('docs/examples.md').split(COMMAND_BLOCK).slice(1);
    expect(blocks.length).toBeGreaterThan(20);
    for (const block of blocks) {
      const [command = ''] = block.split('\n');
      const { stdout, stderrText } = await typed(command, demo.reader, { now, stored: demo.stored });
      expect(block.slice(command.length + 1, block.indexOf('```')), command).toBe(
        withoutRoots(stdout + stderrText),
      );
    }
  });

  it('answers on stdout what the README shows', async () => {
    const blocks = readText('README.md').split(COMMAND_BLOCK).slice(1);
    expect(blocks).toHaveLength(2);
    for (const block of blocks) {
      const [command = ''] = block.split('\n');
      const { stdout } = await typed(command, demo.reader, { now });
      expect(block.slice(command.length + 1, block.indexOf('```')), command).toBe(stdout);
    }
  });

  it('is what the pictures of a terminal in docs/ show', async () => {
    for (const [path, picture] of await demoPictures(demo.reader, demo.stored, now))
      expect(readText(path), `${path}: draw it again with npm run pictures`).toBe(picture);
  });

  it('fills thirty days of hours, and reports its progress', () => {
    expect(demo.filled).toBe(720);
    expect(progress).toEqual(Array.from({ length: 720 }, (_, index) => [index + 1, 720]));
  });

  it('leaves exactly the gaps of its incidents', async () => {
    const { told, expected } = await compareGaps();
    expect(told).toEqual(expected);
    const reasons = new Set(told.map((line) => line.split(' ')[2]));
    expect(reasons).toEqual(
      new Set(['missing', 'late', 'upbit.unavailable', 'key.expired', 'upbit.unreachable']),
    );
  });

  it('has a snapshot of every other slot, observed in time and not in the future', () => {
    const snapshots = filled.filter(isSnapshot);
    const wanted = ACCOUNTS.flatMap((account) =>
      hours(FIRST, NOW).flatMap((slot) => (reasonAt(account, slot) === undefined ? [[account, slot]] : [])),
    );
    expect(snapshots.map(({ account, slot }) => [account, slot])).toEqual(wanted);
    for (const { slot, observedAt } of snapshots) expect(observedAt - slot).toBeLessThanOrEqual(5 * MINUTE);
    for (const { observedAt } of filled) expect(observedAt).toBeLessThanOrEqual(NOW);
  });

  it('has exactly the balances of the time at which each snapshot was observed', () => {
    const snapshots = filled.filter(isSnapshot);
    for (const account of ACCOUNTS) {
      const balances = simulatedBalances({
        seed: SEED,
        region: regionOf(account),
        name: 'main',
        origin: FIRST,
      });
      const of = snapshots.filter((snapshot) => snapshot.account === account);
      expect(of.length).toBeGreaterThan(600);
      for (const { observedAt, balances: stored } of of)
        expect({ value: { balances: stored, unknownFields: [] } }).toEqual(
          parseBalances(balances(observedAt)),
        );
    }
  });

  describe.each(['id', 'sg', 'th'] as const)('in %s', (region) => {
    it('has prices of every slot with a snapshot, except in the hours in which the ticker fails', async () => {
      const snapshots = filled.filter(isSnapshot).filter(({ account }) => regionOf(account) === region);
      const sheets = await sheetsOf(demo.reader, region);
      expect(sheets.map(({ slot }) => slot)).toEqual(
        snapshots.map(({ slot }) => slot).filter((slot) => !isUnpriced(region, slot)),
      );
      expect(snapshots.length - sheets.length).toBeGreaterThan(3);
    });

    it('has the prices of the market at the time at which they were observed', async () => {
      const market = simulatedMarket(SEED);
      // In other slots, the clock jumps while somebody waits to try again.
      const isQuiet = (slot: Instant) =>
        (['id', 'sg', 'th'] as const).every((one) =>
          [incidentAt, priceIncidentAt].every((at) => at(SEED, one, slot) === undefined),
        );
      const sheets = (await sheetsOf(demo.reader, region)).filter(({ slot }) => isQuiet(slot));
      expect(sheets.length).toBeGreaterThan(500);
      for (const { observedAt, prices } of sheets) {
        const told = new Map(market.prices(region, observedAt).map((one) => [one.market, one]));
        expect(prices.size).toBeGreaterThan(5);
        for (const [name, { price, tradedAt }] of prices) {
          const at = told.get(name)?.tradedAt ?? 0;
          expect([name, formatDecimal(price), tradedAt]).toEqual([
            name,
            told.get(name)?.price,
            observedAt - at > HOUR ? at : undefined,
          ]);
        }
      }
    });

    it('has markets whose last trade is more than an hour old, at times', async () => {
      const stale = (await sheetsOf(demo.reader, region)).map(
        ({ prices }) => [...prices.values()].filter(({ tradedAt }) => tradedAt !== undefined).length,
      );
      expect(stale).toContain(0);
      expect(Math.max(...stale)).toBeGreaterThan(0);
    });
  });

  it('answers four users as docs/first-ten-minutes.md says', async () => {
    const blocks = readText('docs/first-ten-minutes.md').split(COMMAND_BLOCK).slice(1);
    expect(blocks.length).toBeGreaterThan(12);
    // The commands open the ledger themselves, as a person's do: only one process can.
    await demo.close();
    try {
      for (const block of blocks) {
        const [command = ''] = block.split('\n');
        const words = command.replaceAll('"', '').replace('--out ', `--out ${root}/`);
        const { stdout, stderr } = await typedAt(root, words, now);
        const printed = withoutRoots((stdout + stderr).replaceAll(`${root}/`, ''));
        expect(block.slice(command.length + 1, block.indexOf('```')), command).toBe(printed);
      }
    } finally {
      await start(now);
    }
  });

  it('takes a manual snapshot on demand, which fills no slot', async () => {
    const startedAt = Date.now();
    expect(await demo.snapshot()).toEqual(ACCOUNTS);
    const known = new Set(filled.map(({ account, slot }) => `${account} ${slot}`));
    const added = (await entriesOf(demo.reader)).filter(
      ({ account, slot }) => !known.has(`${account} ${slot}`),
    );
    expect(added.map(({ account, manual }) => [account, manual])).toEqual(
      ACCOUNTS.map((account) => [account, true]),
    );
    for (const { observedAt } of added) expect(observedAt).toBeGreaterThanOrEqual(startedAt);

    const expected: Instant[] = [];
    for await (const { slot } of slots(
      { reader: demo.reader, catalog: await demo.reader.catalog(), now: NOW },
      ['sg/main'],
      { from: 0, to: NOW },
    ))
      expected.push(slot);
    expect(expected).toEqual(hours(FIRST, NOW));
  });

  it('fills only new slots at a later start, and changes no existing item', async () => {
    const before = await entriesOf(demo.reader);
    await restart(NOW + 3 * HOUR);
    expect(demo.filled).toBe(3);
    const after = await entriesOf(demo.reader);
    const known = new Set(before.map(({ account, slot }) => `${account} ${slot}`));
    expect(after.filter(({ account, slot }) => known.has(`${account} ${slot}`))).toEqual(before);
    const added = after.filter(({ account, slot }) => !known.has(`${account} ${slot}`));
    expect(added.map(({ account, slot }) => [account, slot])).toEqual(
      ACCOUNTS.flatMap((account) => hours(NOW + HOUR / 2, NOW + 3 * HOUR).map((slot) => [account, slot])),
    );
  });

  it('has nothing to fill if the last hour is stored', async () => {
    await restart(now + MINUTE);
    expect(demo.filled).toBe(0);
  });

  it('fills an hour even if it has a manual snapshot', async () => {
    const hour = NOW + 3 * HOUR + HOUR / 2;
    await demo.close();
    for (const account of ACCOUNTS) await record({ account, slot: hour + 2 * MINUTE });
    await start(hour + 30 * MINUTE);
    expect(demo.filled).toBe(1);
    const { told, expected } = await compareGaps();
    expect(told).toEqual(expected);
  });

  it('leaves a failing hour to a start after it is over', async () => {
    const coming = hours(now + HOUR / 2, now + 10 * DAY).flatMap((slot) =>
      ACCOUNTS.map((account) => ({ account, slot, failure: reasonAt(account, slot) })),
    );
    const wrong = coming.find(({ failure }) => failure !== undefined && failure !== 'missing');
    if (wrong === undefined) throw new Error('ten days without a failure');
    await restart(wrong.slot + MINUTE);
    expect((await demo.reader.newest(wrong.account, wrong.slot))?.slot).toBeLessThan(wrong.slot);
    await restart(wrong.slot + 6 * MINUTE + SECOND);
    expect(await demo.reader.newest(wrong.account, wrong.slot)).toMatchObject(wrong);
    const { told, expected } = await compareGaps();
    expect(told).toEqual(expected);
  });

  it('leaves an hour in which a ticker fails to a start after it is over', async () => {
    const next = Math.ceil(now / HOUR) * HOUR;
    const coming = hours(next, next + 20 * DAY).find(
      (slot) =>
        ACCOUNTS.every((account) => reasonAt(account, slot) === undefined) &&
        ACCOUNTS.some((account) => isUnpriced(regionOf(account), slot)),
    );
    if (coming === undefined) throw new Error('twenty days with all prices');
    await restart(coming + MINUTE);
    expect((await demo.reader.newest('sg/main', coming))?.slot).toBeLessThan(coming);
    await restart(coming + 6 * MINUTE + SECOND);
    expect((await demo.reader.newest('sg/main', coming))?.slot).toBe(coming);
  });

  it('that cannot be filled releases everything', async () => {
    const other = mkdtempSync(join(tmpdir(), 'demo-'));
    try {
      const database = await startEmbeddedDynamoDb({ directory: other, tableName: 'ledger' });
      const client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
      const Item = { account: { S: '#catalog' }, slot: { S: 'account#sg/main' }, v: { N: '99' } };
      await client.send(new PutItemCommand({ TableName: 'ledger', Item }));
      client.destroy();
      await database.close();
      await expect(
        startDemo({ directory: other, tableName: 'ledger', now: NOW, onProgress: () => undefined }),
      ).rejects.toMatchObject({ code: 'ledger.foreign' });
      await (await startEmbeddedDynamoDb({ directory: other, waitMs: 0 })).close();
    } finally {
      rmSync(other, { recursive: true });
    }
  });

  /** Stores a manual snapshot, as an earlier start would have left it. */
  async function record({ account, slot }: { account: AccountName; slot: Instant }) {
    const database = await startEmbeddedDynamoDb({ directory, tableName: 'ledger' });
    const client = new DynamoDBClient({ endpoint: database.endpoint, ...LOCAL_CREDENTIALS });
    await createLedgerWriter({ client, tableName: 'ledger' }).record(
      {
        account,
        slot,
        observedAt: slot,
        manual: true,
        writer: 'test',
        keyId: '00000000',
        balances: [],
        unknownFields: [],
      },
      SECOND * 5,
    );
    client.destroy();
    await database.close();
  }
});
