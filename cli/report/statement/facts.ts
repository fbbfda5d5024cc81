import { element, type Markup } from '../markup.ts';

/** A term and what is said about it. */
export type Fact = readonly [term: string, ...said: (Markup | string)[]];

/** A list of facts, each on a line of its own. */
export function factList(facts: readonly Fact[]): Markup {
  return element(
    'dl',
    {},
    ...facts.map(([term, ...said]) =>
      element('div', {}, element('dt', {}, term), element('dd', {}, ...said)),
    ),
  );
}
