import { describe, expect, it } from 'vitest';
import { lookAtSnapshots } from '../../../cli/doctor/snapshots.ts';
import { ledgerWith, NOW } from '../../support/unreadable-ledger.ts';

describe('the doctor’s check of the snapshots', () => {
  it('finds an item that cannot be read', async () => {
    expect(await lookAtSnapshots(ledgerWith(4), NOW, true)).toEqual([
      {
        lookedAt: 'snapshots of sg/main',
        state: 'wrong',
        found:
          'its item 2026-11-22T04:00:00Z cannot be read by this version: its schema version is 2, and this program reads 1',
        remedy: 'Use the version of this code that wrote it.',
      },
    ]);
  });
});
