import { held } from '../../lambda/core/balances.ts';
import { type Decimal, ZERO } from '../../lambda/core/decimal.ts';
import { element, type Markup } from './markup.ts';
import type { Holding } from './record.ts';

/** The total held. A snapshot lists everything held, so an unlisted currency is 0. */
export function total(holding: Pick<Holding, 'balance' | 'locked'> | undefined): Decimal {
  return holding === undefined ? ZERO : held(holding);
}

/** The largest number of decimals among the amounts. */
export function decimalsOf(amounts: readonly string[]): number {
  return Math.max(0, ...amounts.map((amount) => amount.length - (amount.indexOf('.') + 1 || amount.length)));
}

/** The most decimals the style sheet can align. */
const MAX_ALIGNED = 18;

/** A cell aligned on the decimal point, in a column with that many decimals, if the style sheet aligns so many. */
export function amountCell(amount: string, decimals: number, most = MAX_ALIGNED): Markup {
  const point = amount.includes('.') ? amount.indexOf('.') : amount.length;
  const room = decimals === 0 || decimals > most ? '' : ` d${decimals}`;
  return element(
    'td',
    { class: `amount${amount === '0' ? ' zero' : ''}` },
    ...digitGroups(amount.slice(0, point)),
    element('span', { class: `fraction${room}` }, amount.slice(point)),
  );
}

/** An amount grouped in thousands by the style sheet, so that copying gives the plain number. */
export function grouped(amount: string): Markup {
  const point = amount.includes('.') ? amount.indexOf('.') : amount.length;
  return element('span', {}, ...digitGroups(amount.slice(0, point)), amount.slice(point));
}

function digitGroups(whole: string): (Markup | string)[] {
  const groups = whole.match(/-?\d{1,3}(?=(?:\d{3})*$)/g) ?? [whole];
  return groups.map((digits, index) => (index === 0 ? digits : element('span', { class: 'group' }, digits)));
}
