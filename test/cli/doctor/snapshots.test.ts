import { describe, expect, it } from 'vitest';
import { lookAtSnapshots } from '../../../cli/doctor/snapshots.ts';
import { MINUTE } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { CATALOG, ledgerWith, NOW } from '../../support/unreadable-ledger.ts';

describe('the doctor’s check of the snapshots', () => {
  it('finds an item that cannot be read', async () => {
    expect(await lookAtSnapshots(ledgerWith(4), CATALOG, NOW, true)).toEqual([
      {
        lookedAt: 'snapshots of sg/main',
        state: 'wrong',
        found:
          'its item 2026-11-22T04:00:00Z cannot be read by this version: its schema version is 2, and this program reads 1',
        remedy: 'Use the version of this code that wrote it.',
      },
    ]);
  });

  it('reports the newest failure if it is of a slot that is not due yet, as always at 1m', async () => {
    const begin = time('2026-11-22T06:00:00Z');
    const catalog = catalogOf(
      [{ account: 'sg/main', since: begin }],
      [{ from: begin, every: '1m', timeZone: 'UTC', regions: ['sg'] }],
    );
    const failures = [1, 2, 3, 4, 5].map((minute) =>
      failure('sg/main', begin + minute * MINUTE, 'key.expired', { detail: 'Upbit answered 401' }),
    );
    const look = (entries: readonly Entry[]) =>
      lookAtSnapshots(memoryLedger(catalog, entries), catalog, begin + 5.1 * MINUTE, true);
    expect(await look([snapshot('sg/main', begin), ...failures])).toMatchObject([
      {
        state: 'wrong',
        found: expect.stringMatching(/^2 expected slots .*; key\.expired, Upbit answered 401$/),
      },
    ]);
    expect(await look([snapshot('sg/main', begin), ...failures.slice(0, 1)])).toMatchObject([
      {
        state: 'wrong',
        found: expect.stringMatching(/; nothing was recorded for the last of them: no run got that far$/),
      },
    ]);
  });
});
