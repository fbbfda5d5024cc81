import { expect, it } from 'vitest';
import { DAY, HOUR, SECOND } from '../../../lambda/core/instant.ts';
import { SEAL_PARTITION } from '../../../lambda/core/partitions.ts';
import { sealOf } from '../../../lambda/history/seal-of.ts';
import { time } from '../../support/memory-ledger.ts';
import { StoredTable } from '../../support/stored-table.ts';

const BEGIN = time('2026-03-01T00:00:00Z');

it('the seal of a slot is that of its day, from its first second to its last', async () => {
  const table = new StoredTable(BEGIN);
  await table.seal(BEGIN + 3 * DAY + HOUR);
  const fromOf = async (slot: number) => (await sealOf(table.stored, slot))?.from;
  for (const day of [0, 1, 2]) {
    const from = BEGIN + day * DAY;
    expect(await fromOf(from)).toBe(from);
    expect(await fromOf(from + DAY - SECOND)).toBe(from);
  }
  expect(await fromOf(BEGIN - SECOND)).toBeUndefined();
  expect(await fromOf(BEGIN + 3 * DAY)).toBeUndefined();
});

it('a day without a seal, or with one that cannot be read, has none', async () => {
  const table = new StoredTable(BEGIN);
  await table.seal(BEGIN + 3 * DAY + HOUR);
  const [first, second] = table.all(SEAL_PARTITION);
  if (first === undefined || second === undefined) throw new Error('no seal');
  table.delete(first);
  table.put({ ...second, v: { N: '2' } });
  expect(await sealOf(table.stored, BEGIN + HOUR)).toBeUndefined();
  expect(await sealOf(table.stored, BEGIN + DAY + HOUR)).toBeUndefined();
  expect((await sealOf(table.stored, BEGIN + 2 * DAY))?.from).toBe(BEGIN + 2 * DAY);
  // One that cannot be read before it does not hide it.
  table.put({ ...second, slot: { S: '2026-03-02T12:00:00Z' } });
  expect((await sealOf(table.stored, BEGIN + 2 * DAY + HOUR))?.from).toBe(BEGIN + 2 * DAY);
});
