import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { DAY, formatSecond, HOUR } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { SEAL_PARTITION } from '../../../lambda/core/partitions.ts';
import type { Mail, TimestampAuthority } from '../../../lambda/sealer/ports.ts';
import { runSealer } from '../../../lambda/sealer/run.ts';
import { line, snapshot, time } from '../../support/memory-ledger.ts';
import { StoredTable } from '../../support/stored-table.ts';

const BEGIN = time('2026-03-01T00:00:00Z');

function run(table: StoredTable, at: number, parts: { authority?: TimestampAuthority; mail?: Mail } = {}) {
  const asked: number[] = [];
  const ledger = Object.assign(table, {
    unstamped: async (from: number) => {
      asked.push(from);
      return [];
    },
    stamp: async () => true,
  });
  const all = { ledger, clock: { now: () => at }, sha256, log: () => undefined, ...parts };
  return { asked, done: runSealer(at, { timeZone: 'UTC', writer: '0.1.0' }, all) };
}

const ledgerOf = (days: number) =>
  new StoredTable(
    BEGIN,
    Array.from({ length: days }, (_, day) =>
      encodeItem(snapshot('sg/main', BEGIN + day * DAY, [line('BTC', '1')])),
    ),
  );

describe('a run of the sealer', () => {
  it('seals, and does nothing else without an authority and a mail', async () => {
    const { asked, done } = run(ledgerOf(1), BEGIN + DAY + HOUR);
    expect(await done).toMatchObject({ sealed: [{ day: '2026-03-01' }] });
    expect(await done).not.toHaveProperty('stamped');
    expect(asked).toEqual([]);
  });

  it('asks an authority about the last 31 days that can be sealed, and says how many it signed', async () => {
    const authority = { sign: () => Promise.reject(new Error('not asked')) };
    const { asked, done } = run(ledgerOf(40), BEGIN + 40 * DAY + HOUR, { authority });
    expect(await done).toMatchObject({ stamped: 0 });
    expect(asked.map(formatSecond)).toEqual(['2026-03-10T00:00:00Z']);
  });

  it('has sealed all days when it throws because a mail was not sent', async () => {
    const table = ledgerOf(31);
    const mail = { send: () => Promise.reject(new CodedError('mail.unsent', 'no')) };
    await expect(run(table, BEGIN + 31 * DAY + HOUR, { mail }).done).rejects.toMatchObject({
      code: 'mail.unsent',
    });
    expect(table.all(SEAL_PARTITION)).toHaveLength(31);
  });
});
