import { formatDecimal } from '../../lambda/core/decimal.ts';
import { DAY, formatSecond } from '../../lambda/core/instant.ts';
import { type AssertionFormat, localDate } from './assertions.ts';
import { percentEscaped } from './percent-escaped.ts';

/**
 * Balance assertions for hledger, which checks one after all earlier dates, and after entries of the same date that come
 * before it in the files. So the snapshot of a local midnight is asserted on the day that ends with it, and the file must
 * be included after that day's transactions. hledger's assertions are exact. A price is of the same day, so that `--end` of
 * the next one values what is asserted with it.
 */
export const HLEDGER: AssertionFormat = {
  day: 'ends',
  opening: (timeZone) =>
    `; Held on Upbit, available and locked, at the end of each day in ${timeZone}. Include this file after all transactions.\ndecimal-mark .\n`,
  account: () => '',
  currency: () => '',
  canAssert: () => true,
  assertions: ({ account, slot }, holdings, timeZone) => {
    const postings = holdings.map(({ currency, amount }) => {
      const symbol = hledgerSymbol(currency);
      return `    assets:upbit:${account.replace('/', ':')}  0 ${symbol} = ${formatDecimal(amount)} ${symbol}\n`;
    });
    return `\n${localDate(slot - DAY, timeZone)} Upbit ${account} at ${formatSecond(slot)}\n${postings.join('')}`;
  },
  price: ({ slot, currency, unit, way, origin }, timeZone) =>
    `P ${localDate(slot - DAY, timeZone)} ${hledgerSymbol(currency)} ${formatDecimal(way.price)} ${unit}  ; ${origin}\n`,
};

/**
 * A currency symbol valid in hledger: plain letters unchanged, anything else quoted. Characters that are not allowed in
 * quotes, or are not printable ASCII, are written as their UTF-8 bytes, each `%` and two hex digits.
 *
 * @internal exported for its test
 */
export function hledgerSymbol(currency: string): string {
  if (/^[A-Za-z]+$/.test(currency)) return currency;
  return `"${percentEscaped(currency, /[";]/)}"`;
}
