import { element, type Markup } from './markup.ts';

/** A column: what stands above it, and whether amounts stand in it. */
export interface TableColumn {
  readonly title: string;
  readonly amount: boolean;
}

/** One line of a table: what it is about, and its cells. */
export interface TableRow {
  readonly title: Markup | string;
  readonly cells: readonly Markup[];
}

/** A table with a name for who cannot see it; too wide for the screen it scrolls by itself, with the keyboard too. */
export function table(caption: string, columns: readonly TableColumn[], rows: readonly TableRow[]): Markup {
  const headers = columns.map(({ title, amount }) =>
    element('th', { scope: 'col', class: amount ? 'amount' : undefined }, title),
  );
  const lines = rows.map(({ title, cells }) =>
    element('tr', {}, element('th', { scope: 'row' }, title), ...cells),
  );
  return element(
    'div',
    { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption },
    element(
      'table',
      {},
      element('caption', { class: 'spoken' }, caption),
      element('thead', {}, element('tr', {}, ...headers)),
      element('tbody', {}, ...lines),
    ),
  );
}
