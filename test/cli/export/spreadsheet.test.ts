import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeRow } from '../../../cli/export/spreadsheet.ts';

describe('a row for a spreadsheet', () => {
  it('restores every text once a leading apostrophe is removed', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.string(), fc.constantFrom('=', "'", "'=", '+1', '\t', '\r', ' =', '＝')),
        (text) => {
          const { cell } = safeRow({ cell: text });
          expect(String(cell)).not.toMatch(/^[=+\-@\t\r]/);
          expect(String(cell).replace(/^'/, '')).toBe(text);
        },
      ),
    );
  });
});
