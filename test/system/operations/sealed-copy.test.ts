import { type AttributeValue, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Table } from '../../../lambda/adapters/ledger/catalog.ts';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import { createStoredLedger } from '../../../lambda/adapters/ledger/stored.ts';
import { DAY, formatSecond, HOUR } from '../../../lambda/core/instant.ts';
import { assembleSealer } from '../../../lambda/handlers/assemble-sealer.ts';
import { type LocalParts, startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { typed } from '../../support/typed.ts';
import { itemsOf, putWhereNothingIs, startEmptyTable } from './copied-table.ts';
import { hour, runAt } from './in-use.ts';

/** The midnight before the first slot. */
const MIDNIGHT = Math.floor(SLOT / DAY) * DAY;

describe('a sealed ledger on another table', () => {
  let parts: LocalParts;
  let restored: Awaited<ReturnType<typeof startEmptyTable>>;
  let items: readonly Record<string, AttributeValue>[];
  beforeAll(async () => {
    parts = await startLocalParts(['sg/main', 'id/main']);
    for (let day = 0; day < 3; day += 1) {
      await runAt(parts, parts.cold(), hour(24 * day), hour(24 * day + 1));
      await seal(parts.table, day + 1);
    }
    items = await itemsOf(parts.table);
  });
  afterAll(() => parts.close());

  /** Seals as on the n-th day, an hour after it has begun. */
  async function seal(table: Table, day: number): Promise<void> {
    parts.clock.set(MIDNIGHT + day * DAY + HOUR);
    const environment = { tableName: table.tableName, timeZone: 'UTC' } as const;
    const deps = { client: table.client, clock: parts.clock, write: () => undefined };
    await assembleSealer(environment, deps)({ seal: formatSecond(parts.clock.now()) });
  }

  /** What `verify` prints of a new table with these items. */
  async function verify(
    kept: readonly Record<string, AttributeValue>[],
    later?: (table: Table) => Promise<void>,
  ) {
    restored = await startEmptyTable('restored');
    try {
      await putWhereNothingIs(restored, kept);
      await later?.(restored);
      const ran = await typed('verify --table restored --format csv', createLedgerReader(restored), {
        now: MIDNIGHT + 4 * DAY + HOUR,
        stored: createStoredLedger(restored),
      });
      return { exitCode: ran.exitCode, rows: ran.stdout.split('\n').slice(1, -1) };
    } finally {
      await restored.close();
    }
  }

  const isOf = (account: string, day: number) => (item: Record<string, AttributeValue>) =>
    item['account']?.S === account &&
    item['slot']?.S?.startsWith(formatSecond(MIDNIGHT + day * DAY).slice(0, 10)) === true;

  it('verifies as the one it was copied from, whose seals go on', async () => {
    expect(items.filter(({ account }) => account?.S === '#seal')).toHaveLength(3);
    expect(await verify(items, (table) => seal(table, 4))).toEqual({ exitCode: 0, rows: [] });
  });

  it('says which day an account has lost', async () => {
    const lost = isOf('sg/main', 1);
    expect(await verify(items.filter((item) => !lost(item)))).toEqual({
      exitCode: 3,
      rows: ['2026-11-23,sg/main,removed'],
    });
  });

  it('says which day has lost its seal', async () => {
    const lost = isOf('#seal', 1);
    expect(await verify(items.filter((item) => !lost(item)))).toEqual({
      exitCode: 3,
      rows: ['2026-11-23,,unsealed', '2026-11-24,,chain'],
    });
  });

  it('says which account was given an item after the day was sealed', async () => {
    const last = items.find(isOf('id/main', 2));
    const later = async ({ client, tableName }: Table) => {
      const Item = { ...last, slot: { S: '2026-11-24T23:00:00Z' } };
      await client.send(new PutItemCommand({ TableName: tableName, Item }));
    };
    expect(await verify(items, later)).toEqual({ exitCode: 3, rows: ['2026-11-24,id/main,added'] });
  });
});
