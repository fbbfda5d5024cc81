import { type Decimal, formatDecimal, isZero } from '../../lambda/core/decimal.ts';
import { price, roundedMoney, share } from '../print/money.ts';
import { grouped } from './amount.ts';
import { element, type Markup } from './markup.ts';

/** How a page shows numbers that may have very many digits. */
export interface Digits {
  /** True to show all of them; else money is rounded, see `roundedMoney`, and prices to ten digits. */
  readonly isExact: boolean;
}

/** An amount of money as plain text: rounded half to even, without commas. */
export function moneyText(amount: Decimal, unit: string, { isExact }: Digits): string {
  return isExact ? formatDecimal(amount) : roundedMoney(amount, unit);
}

/** An amount of money, with its exact text as the title. */
export function moneyMark(amount: Decimal, unit: string, digits: Digits): Markup {
  return element(
    'span',
    { title: `${formatDecimal(amount)} ${unit}` },
    grouped(moneyText(amount, unit, digits)),
  );
}

/** A cell with an amount of money; empty if it is unknown. */
export function moneyCell(amount: Decimal | undefined, unit: string, digits: Digits): Markup {
  if (amount === undefined) return element('td', { class: 'amount' });
  return element('td', { class: `amount${isZero(amount) ? ' zero' : ''}` }, moneyMark(amount, unit, digits));
}

/** A cell with a price. */
export function priceCell(exact: Decimal, digits: Digits): Markup {
  const text = formatDecimal(exact);
  return element('td', { class: 'amount', title: text }, grouped(digits.isExact ? text : price(exact)));
}

/** A cell with a share of a sum; empty if either is unknown. */
export function shareCell(part: Decimal | undefined, sum: Decimal | undefined): Markup {
  return element('td', { class: 'amount' }, part === undefined || sum === undefined ? '' : share(part, sum));
}
