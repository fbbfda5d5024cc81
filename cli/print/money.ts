import { type Decimal, divide, formatDecimal, isZero, multiply, round } from '../../lambda/core/decimal.ts';
import { thousands } from './thousands.ts';

/** How many decimals a table shows of an amount of money in a currency: two, except in these. */
const DECIMALS: Readonly<Record<string, number>> = { BTC: 8, IDR: 0, KRW: 0 };

const HUNDRED: Decimal = { coefficient: 1n, exponent: 2 };

/** An amount of money for a table: {@link roundedMoney}, grouped by thousands: `49,221.20`. */
export function money(amount: Decimal, currency: string): string {
  return thousands(roundedMoney(amount, currency));
}

/** An amount of money, rounded half to even to the decimals of its currency: `49221.20`. JSON and CSV have all digits. */
export function roundedMoney(amount: Decimal, currency: string): string {
  return fixed(amount, DECIMALS[currency] ?? 2);
}

/** What share of a sum an amount is: `23.1 %`; empty if the sum is 0. */
export function share(amount: Decimal, sum: Decimal): string {
  if (isZero(sum)) return '';
  return `${fixed(divide(multiply(amount, HUNDRED), sum, 12), 1)} %`;
}

/** A price for a table, to at most ten significant digits. */
export function price(exact: Decimal): string {
  return formatDecimal(divide(exact, { coefficient: 1n, exponent: 0 }, 10));
}

/** Rounded half to even, with exactly so many decimals. */
function fixed(amount: Decimal, decimals: number): string {
  const [whole = '', fraction = ''] = formatDecimal(round(amount, decimals)).split('.');
  return decimals === 0 ? whole : `${whole}.${fraction.padEnd(decimals, '0')}`;
}
