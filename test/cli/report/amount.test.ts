import { describe, expect, it } from 'vitest';
import { sum, total } from '../../../cli/report/amount.ts';
import { holdingAt } from '../../../cli/report/record.ts';
import { accountOf, marchEntries, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the amounts of a report', () => {
  it('are added exactly', () => {
    expect(total({ available: '0.1', locked: '0.2' })).toBe('0.3');
    expect(sum(['90071992547409.91', '0.00000001', '1'])).toBe('90071992547410.91000001');
    const { currencies, moments } = accountOf(march);
    const btc = currencies.get('BTC');
    const last = moments.at(-1);
    if (btc === undefined || last?.kind !== 'snapshot') throw new RangeError('no BTC at the end');
    expect(holdingAt(btc, last.index)).toEqual({ available: '0.81000093', locked: '0' });
  });
});
