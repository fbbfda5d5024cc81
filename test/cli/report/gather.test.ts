import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { typed } from '../../support/typed.ts';
import { ledgerWith, NOW } from '../../support/unreadable-ledger.ts';

describe('the record of a report', () => {
  it('has a gap, with the reason, for an item that cannot be read', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'unreadable-'));
    try {
      const out = join(directory, 'report.html');
      const { exitCode } = await typed(['report', '--table', 'ledger', '--out', out], ledgerWith(2), {
        now: NOW,
      });
      expect([exitCode, existsSync(out)]).toEqual([1, true]);
      expect(readFileSync(out, 'utf8')).toContain(
        'Something is recorded for this slot that this version cannot read; a newer version or another program wrote it. its schema version is 2, and this program reads 1.',
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
