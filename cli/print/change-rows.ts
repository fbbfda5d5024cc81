import { add, formatDecimal, isZero, subtract, ZERO } from '../../lambda/core/decimal.ts';
import { formatSecond } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { AccountChanges } from '../../lambda/history/changes.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { type Column, captionOf, table } from './table.ts';
import { zonedText } from './zoned.ts';

/** The change of one currency, in one account or over all. Held is available plus locked. */
export type ChangeRow = {
  /** Absent in a total. */
  readonly account?: string;
  readonly currency: string;
  readonly before: string;
  readonly after: string;
  /** after − before, with its sign. */
  readonly change: string;
  /** Of a total: how many accounts changed. */
  readonly accounts?: number;
  /** The slots of the snapshots that were compared; of a total, the oldest of them. */
  readonly from_slot: string;
  readonly to_slot: string;
};

export const CHANGE_COLUMNS = [
  'account',
  'currency',
  'before',
  'after',
  'change',
  'from_slot',
  'to_slot',
] as const satisfies readonly (keyof ChangeRow)[];

export const TOTAL_CHANGE_COLUMNS = [
  'currency',
  'before',
  'after',
  'change',
  'accounts',
  'from_slot',
  'to_slot',
] as const satisfies readonly (keyof ChangeRow)[];

const COLUMNS: readonly Column[] = [
  { title: 'currency', align: 'text' },
  // The one that the two others tell.
  { title: 'before', align: 'number', leftOut: 1 },
  { title: 'after', align: 'number' },
  { title: 'change', align: 'number' },
];

/** The rows of one account; none if it has nothing to compare. */
export function changeRows({ account, compared, changes: list }: AccountChanges): ChangeRow[] {
  if (compared === undefined) return [];
  const [from, to] = [formatSecond(compared.from.slot), formatSecond(compared.to.slot)];
  return list.map(({ currency, before, after, change }) => ({
    account,
    currency,
    before: formatDecimal(before),
    after: formatDecimal(after),
    change: formatDecimal(change),
    from_slot: from,
    to_slot: to,
  }));
}

/** The changes of the accounts together, by currency: a move from one of them to another is not a change. */
export function totalChanges(found: readonly AccountChanges[]): ChangeRow[] {
  const compared = found.flatMap((its) => its.compared ?? []);
  const oldest = (slots: readonly number[]) => formatSecond(Math.min(...slots));
  const currencies = [...new Set(found.flatMap((its) => its.changes.map(({ currency }) => currency)))];
  return currencies.sort(byCodeOrder).flatMap((currency) => {
    const changed = found.flatMap((its) => its.changes.filter((change) => change.currency === currency));
    const held = found.flatMap((its) => its.held(currency) ?? []);
    const before = held.map((one) => one.before).reduce(add, ZERO);
    const after = held.map((one) => one.after).reduce(add, ZERO);
    const change = subtract(after, before);
    if (isZero(change)) return [];
    return [
      {
        currency,
        before: formatDecimal(before),
        after: formatDecimal(after),
        change: formatDecimal(change),
        accounts: changed.length,
        from_slot: oldest(compared.map(({ from }) => from.slot)),
        to_slot: oldest(compared.map(({ to }) => to.slot)),
      },
    ];
  });
}

/** A table of changes under a caption; none if nothing changed. */
export function changesTable(
  rows: readonly ChangeRow[],
  { simulated, width, timeZone }: TableStyle,
): string[] {
  const [first] = rows;
  if (first === undefined) return [];
  const title = [
    first.account ?? 'all accounts',
    ...(simulated ? [SIMULATED] : []),
    `from slot ${zonedText(first.from_slot, timeZone)}`,
    `to slot ${zonedText(first.to_slot, timeZone)}`,
  ];
  const cells = rows.map(({ currency, before, after, change }) => [currency, before, after, change]);
  return [`${captionOf(title, width)}${table(COLUMNS, cells, width)}`];
}
