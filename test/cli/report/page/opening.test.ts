import { describe, expect, it } from 'vitest';
import { opening, usual } from '../../../../cli/report/page/opening.ts';
import type { AccountRecord } from '../../../../cli/report/record.ts';
import { line, snapshot } from '../../../support/memory-ledger.ts';
import { BEGIN, recordOf } from '../../../support/report-record.ts';

const { accounts } = await recordOf(
  [
    snapshot('sg/a', BEGIN, [line('ADA', '0'), line('XRP', '5'), line('ZIL', '1')]),
    snapshot('sg/b', BEGIN, [line('AAVE', '1'), line('BTC', '0'), line('ETH', '0')]),
    snapshot('sg/c', BEGIN, [line('ETH', '3')]),
    snapshot('sg/d', BEGIN, []),
  ],
  ['sg/a', 'sg/b', 'sg/c', 'sg/d'],
);
const names = (found: ReturnType<typeof opening>) => [found?.account.account, found?.currency];
const only = (...wanted: string[]) => names(opening({ currencies: wanted }, accounts));

describe('a page', () => {
  it('opens on BTC if the account lists it, else on the first currency that it holds', () => {
    expect(names(opening({ currencies: undefined }, accounts))).toEqual(['sg/a', 'XRP']);
    expect(accounts.map((account: AccountRecord) => usual(account))).toEqual(['XRP', 'BTC', 'ETH', '']);
  });

  it('opens on the first requested currency, in the first account that holds it', () => {
    expect(only('eth')).toEqual(['sg/c', 'ETH']);
    expect(only('DOGE', 'ZIL')).toEqual(['sg/a', 'ZIL']);
    expect(only('btc')).toEqual(['sg/b', 'BTC']);
  });

  it('opens on an account without currencies only if there is no other', () => {
    expect(names(opening({ currencies: undefined }, accounts.toReversed()))).toEqual(['sg/c', 'ETH']);
    expect(names(opening({ currencies: undefined }, accounts.slice(3)))).toEqual(['sg/d', '']);
    expect(opening({ currencies: undefined }, [])).toBeUndefined();
  });
});
