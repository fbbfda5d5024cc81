import { describe, expect, it } from 'vitest';
import { tally } from '../../../cli/report/tally.ts';
import { accountOf, marchEntries, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the completeness of a report', () => {
  it('counts slots like gaps does', () => {
    expect(tally(accountOf(march))).toEqual({ expected: 745, taken: 738, failed: 5, missing: 2, open: 0 });
    expect(tally(accountOf(march, 'th/main'))).toEqual({
      expected: 745,
      taken: 745,
      failed: 0,
      missing: 0,
      open: 0,
    });
  });
});
