import { type Decimal, divide, formatDecimal, isZero, multiply, round } from '../../lambda/core/decimal.ts';

/** How many decimals a table shows of an amount of money in a currency: two, except in these. */
const DECIMALS: Readonly<Record<string, number>> = { BTC: 8, IDR: 0, KRW: 0 };

const HUNDRED: Decimal = { coefficient: 1n, exponent: 2 };

/** An amount of money for a table: rounded half to even, and grouped by thousands: `49,221.20`. JSON and CSV have all digits. */
export function money(amount: Decimal, currency: string): string {
  const decimals = DECIMALS[currency] ?? 2;
  const [whole = '', fraction = ''] = formatDecimal(round(amount, decimals)).split('.');
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, ',');
  return decimals === 0 ? grouped : `${grouped}.${fraction.padEnd(decimals, '0')}`;
}

/** What share of a sum an amount is: `23.1 %`; empty if the sum is 0. */
export function share(amount: Decimal, sum: Decimal): string {
  if (isZero(sum)) return '';
  const [whole = '', fraction = ''] = formatDecimal(
    round(divide(multiply(amount, HUNDRED), sum, 12), 1),
  ).split('.');
  return `${whole}.${fraction.padEnd(1, '0')} %`;
}

/** A price for a table, to at most ten significant digits. */
export function price(exact: Decimal): string {
  return formatDecimal(divide(exact, { coefficient: 1n, exponent: 0 }, 10));
}
