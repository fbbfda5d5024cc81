import { element, type Markup } from '../markup.ts';
import type { Statement } from './statement.ts';

/** What the figures do not show, in the words in which the commands say it; and if that is nothing, what that means. */
export function missing({ notes, worths }: Statement): Markup {
  const { balances, worth } = notes;
  const complete =
    'Nothing is missing from the balances: each account has a snapshot of its last expected slot.';
  const priced = 'Everything held has a price, and every price is of a trade in the hour before its slot.';
  return element(
    'section',
    {},
    element('h2', {}, 'What is missing'),
    balances.length === 0 ? element('p', {}, complete) : list(balances),
    ...(worth.length > 0 ? [element('h3', {}, 'Prices and worth'), list(worth)] : []),
    ...(worth.length === 0 && worths.length > 0 ? [element('p', {}, priced)] : []),
  );
}

function list(sentences: readonly string[]): Markup {
  return element('ul', {}, ...sentences.map((sentence) => element('li', {}, sentence)));
}
