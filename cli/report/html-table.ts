import { element, type Markup } from './markup.ts';

/** A column: its title, and whether it contains amounts. */
export interface TableColumn {
  readonly title: string;
  readonly amount: boolean;
}

/** A row: its title, and its cells. */
export interface TableRow {
  readonly title: Markup | string;
  readonly cells: readonly Markup[];
}

/** A table with a caption for screen readers; if too wide it scrolls on its own, with the keyboard too. */
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
