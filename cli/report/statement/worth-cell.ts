import { amountCell } from '../amount.ts';
import { element, type Markup } from '../markup.ts';

/** Stands for a worth that is not known. */
export const UNKNOWN = 'unknown';

/** The most decimals that are aligned: those of an amount of 8 times a price of 16. */
export const MOST_DECIMALS = 24;

/** A cell with an exact worth, or the word that stands for it; under it, what it is computed from. */
export function worthCell(text: string, decimals: number, from: readonly (Markup | string)[] = []): Markup {
  const cell = /\d/.test(text)
    ? amountCell(text, decimals, MOST_DECIMALS)
    : element(
        'td',
        { class: 'amount' },
        element('span', { class: text === UNKNOWN ? 'lacking' : undefined }, text),
      );
  return from.length === 0 ? cell : { ...cell, children: [...cell.children, element('small', {}, ...from)] };
}
