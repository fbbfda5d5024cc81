import { describe, expect, it } from 'vitest';
import { total } from '../../../cli/report/amount.ts';
import { holdingAt } from '../../../cli/report/record.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { line } from '../../support/memory-ledger.ts';
import { accountOf, marchEntries, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

describe('the amounts of a report', () => {
  it('are added exactly', () => {
    expect(formatDecimal(total(line('X', '0.1', '0.2')))).toBe('0.3');
    expect(formatDecimal(total(line('X', '90071992547409.91', '0.00000001')))).toBe(
      '90071992547409.91000001',
    );
    expect(formatDecimal(total(undefined))).toBe('0');
    const { currencies, moments } = accountOf(march);
    const btc = currencies.get('BTC');
    const last = moments.at(-1);
    if (btc === undefined || last?.kind !== 'snapshot') throw new RangeError('no BTC at the end');
    const { currency: _, ...held } = line('BTC', '0.81000093');
    expect(holdingAt(btc, last.index)).toEqual(held);
  });
});
