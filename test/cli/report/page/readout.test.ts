import { describe, expect, it } from 'vitest';
import { toHtml } from '../../../../cli/report/markup.ts';
import { readout, spoken } from '../../../../cli/report/page/readout.ts';
import { accountOf, marchEntries, recordOf } from '../../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the readout of a slot', () => {
  it('does not say "no snapshot" for a snapshot that lists no requested currency', () => {
    const account = { ...accountOf(march), currencies: new Map() };
    const [moment] = account.moments.filter(({ kind }) => kind === 'snapshot');
    if (moment === undefined) throw new Error('the month has no snapshot');
    for (const text of [toHtml(readout(account, '', moment, 'UTC')), spoken(account, '', moment, 'UTC')]) {
      expect(text).toMatch(/nothing listed/i);
      expect(text).toContain('No snapshot in this range lists any currency of this report.');
    }
  });
});
