import { regionOf } from '../../lambda/core/account.ts';
import { add, type Decimal, formatDecimal, isZero, subtract, ZERO } from '../../lambda/core/decimal.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { gainOf, type Holding, type Sum, type Way } from '../../lambda/core/worth.ts';
import { formatDuration } from '../print/duration.ts';
import { amountCell, decimalsOf, grouped } from './amount.ts';
import { counted } from './count.ts';
import { evidence, type Found, foundAt, openOf, sumEvidence, warningsOf } from './evidence.ts';
import { table } from './html-table.ts';
import { localTime } from './local-time.ts';
import { element, type Markup } from './markup.ts';
import { type Digits, moneyCell, priceCell, shareCell } from './money-cell.ts';
import { type AccountRecord, isLong, lastSlot, type ReportRecord } from './record.ts';
import { sumOfWorths, type Worth, worthOf } from './worth.ts';

/** What to show of the worth at an instant. */
export interface WorthView extends Digits {
  readonly instant: Instant;
  readonly unit: string;
  /** One account; undefined for all together. */
  readonly account: AccountRecord | undefined;
}

/** What one account, or all that are open, were worth at an instant, by the prices of the slots of their newest snapshots. */
export function worthAt(record: ReportRecord, view: WorthView): Markup {
  const found = foundAt(record, view.instant);
  const chosen = view.account ?? (found.length === 1 ? found[0]?.account : undefined);
  const own = found.find(({ account }) => account === chosen);
  return own === undefined ? ofAll(record, found, view) : ofOne(record, own, view);
}

function ofOne(record: ReportRecord, found: Found, view: WorthView): Markup {
  const { account, snapshot, unreadable } = found;
  const { timeZone } = record;
  const warnings = warningsOf(timeZone, found, view.instant);
  if (snapshot === undefined) {
    const why =
      unreadable === undefined
        ? `This report has no snapshot from ${localTime(record.from, timeZone)} up to this time.`
        : `Unknown: the item of ${localTime(lastSlot(unreadable), timeZone)} cannot be read (${unreadable.detail}).`;
    return element('div', {}, element('p', { class: 'quiet' }, why), ...warnings);
  }
  const worth = worthOf(record, account, snapshot, view.unit);
  const rows = worth.holdings.map((holding) => rowOf([{ account, holding }]));
  return element(
    'div',
    {},
    evidence(snapshot, view.instant),
    ...warnings,
    rows.length === 0
      ? element('p', { class: 'quiet' }, 'The snapshot lists nothing.')
      : rowTable(`What ${account.account} was worth in ${view.unit}`, rows, worth.sum, view),
    ...notes([worth], worth.sum, record, view),
  );
}

function ofAll(record: ReportRecord, found: readonly Found[], view: WorthView): Markup {
  const open = openOf(found, view.instant);
  const worths = open.flatMap(({ account, snapshot }) =>
    snapshot === undefined ? [] : [worthOf(record, account, snapshot, view.unit)],
  );
  if (worths.length === 0) {
    const none = `This report has no snapshot from ${localTime(record.from, record.timeZone)} up to this time.`;
    return element('div', {}, element('p', { class: 'quiet' }, none));
  }
  const sum = sumOfWorths(worths);
  const held = new Map<string, Part[]>();
  for (const { account, holdings } of worths) {
    for (const holding of holdings) {
      const { currency } = holding.balance;
      held.set(currency, [...(held.get(currency) ?? []), { account, holding }]);
    }
  }
  const rows = [...held].sort(([a], [b]) => byCodeOrder(a, b)).map(([, parts]) => rowOf(parts));
  const accounts = accountTable(record, worths, sum, view);
  return element(
    'div',
    {},
    ...sumEvidence(record, open, found.length - open.length, view.instant),
    rowTable(`What all accounts were worth in ${view.unit}`, rows, sum, view),
    ...notes(worths, sum, record, view),
    isLong(record)
      ? element(
          'details',
          { id: 'worth-accounts' },
          element('summary', {}, `By account: ${counted(worths.length, 'account')}`),
          accounts,
        )
      : accounts,
  );
}

/** What one account holds of a currency. */
interface Part {
  readonly account: AccountRecord;
  readonly holding: Holding;
}

/** A currency, in one account or several. */
interface Row {
  readonly currency: string;
  readonly total: Decimal;
  /** Undefined where there is none, and where accounts have different ones. */
  readonly way: Way | undefined;
  /** All that there are, in words: `64200 SGD-BTC`. */
  readonly ways: readonly string[];
  /** Of what has a price. */
  readonly value: Decimal | undefined;
  /** The accounts whose part has no value, if others have one. */
  readonly without: readonly string[];
  /** Upbit's average price, with its unit; empty without one, and where accounts have different ones. */
  readonly average: string;
  readonly cost: Decimal | undefined;
  readonly gain: Decimal | undefined;
}

function rowOf(parts: readonly Part[]): Row {
  const holdings = parts.map(({ holding }) => holding);
  const some = parts.filter(({ holding }) => !isZero(holding.total));
  const counts = some.length === 0 ? holdings : some.map(({ holding }) => holding);
  const ways = new Map(
    counts.flatMap(({ way }) => (way === undefined ? [] : [[wayText(way), way] as const])),
  );
  const averages = new Set(counts.map(({ balance }) => averageText(balance)));
  const [value, cost] = [sumIfAny(counts.map((one) => one.value)), sumIfAll(counts.map((one) => one.cost))];
  const unknown = some.filter(({ holding }) => holding.value === undefined);
  return {
    currency: holdings[0]?.balance.currency ?? '',
    total: holdings.map(({ total }) => total).reduce(add, ZERO),
    way: ways.size === 1 ? [...ways.values()][0] : undefined,
    ways: [...ways.keys()],
    value,
    without: value === undefined ? [] : unknown.map(({ account }) => account.account),
    average: averages.size === 1 ? ([...averages][0] ?? '') : '',
    cost,
    gain: unknown.length > 0 ? undefined : gainOf({ value, cost }),
  };
}

function wayText({ price, via }: Way): string {
  return `${formatDecimal(price)} ${via}`;
}

function averageText({ avgBuyPrice, unitCurrency }: Holding['balance']): string {
  return isZero(avgBuyPrice) ? '' : `${formatDecimal(avgBuyPrice)} ${unitCurrency}`;
}

/** The price is grouped, its unit is not. */
function averageMarks(average: string): (Markup | string)[] {
  const [price = '', ...unit] = average.split(' ');
  return price === '' ? [] : [grouped(price), ` ${unit.join(' ')}`];
}

function sumIfAny(parts: readonly (Decimal | undefined)[]): Decimal | undefined {
  const known = parts.flatMap((part) => part ?? []);
  return known.length === 0 ? undefined : known.reduce(add, ZERO);
}

function sumIfAll(parts: readonly (Decimal | undefined)[]): Decimal | undefined {
  return parts.includes(undefined) ? undefined : sumIfAny(parts);
}

/** By value, the largest first; what has no price last. */
function byValue(a: Row, b: Row): number {
  if (a.value === undefined || b.value === undefined)
    return Number(a.value === undefined) - Number(b.value === undefined);
  const { coefficient } = subtract(b.value, a.value);
  return coefficient === 0n ? 0 : coefficient < 0n ? -1 : 1;
}

function rowTable(caption: string, unsorted: readonly Row[], sum: Sum, view: WorthView): Markup {
  const rows = unsorted.toSorted(byValue);
  const decimals = decimalsOf(rows.map(({ total }) => formatDecimal(total)));
  const { unit } = view;
  const lines = rows.map((row) => ({
    title: element('bdi', {}, row.currency),
    cells: [
      row.value === undefined ? unknownCell(row.total) : moneyCell(row.value, unit, view),
      shareCell(row.value, sum.value),
      amountCell(formatDecimal(row.total), decimals),
      ...wayCells(row, view),
      element('td', { class: 'amount' }, ...averageMarks(row.average)),
      moneyCell(row.cost, unit, view),
      moneyCell(row.gain, unit, view),
    ],
  }));
  const last = {
    title: sum.unpriced.length === 0 ? 'Sum' : `Sum, without ${sum.unpriced.join(', ')}`,
    cells: [
      sum.value === undefined
        ? element('td', { class: 'amount lacking' }, 'unknown')
        : moneyCell(sum.value, unit, view),
      element('td', { colspan: '7' }),
    ],
  };
  return table(
    caption,
    [
      { title: 'Currency', amount: false },
      { title: `Value in ${unit}`, amount: true },
      { title: 'Share', amount: true },
      { title: 'Held', amount: true },
      { title: 'Price', amount: true },
      { title: 'Via', amount: false },
      { title: 'Average price', amount: true },
      { title: 'Upbit cost', amount: true },
      { title: 'Gain', amount: true },
    ],
    [...lines, last],
  );
}

function wayCells({ way, ways, without }: Row, view: WorthView): Markup[] {
  if (without.length > 0) {
    const text = without.length <= NAMED ? without.join(', ') : counted(without.length, 'account');
    return [element('td', { class: 'amount' }), element('td', { class: 'via lacking' }, `without ${text}`)];
  }
  if (way !== undefined) return [priceCell(way.price, view), element('td', { class: 'via' }, way.via)];
  const text = ways.length === 0 ? '' : counted(ways.length, 'price');
  return [
    element('td', { class: 'amount quiet', title: ways.join('; ') }, text),
    element('td', { class: 'via' }),
  ];
}

/** How many accounts a cell names. */
const NAMED = 2;

/** Nothing of it is worth nothing. */
function unknownCell(total: Decimal): Markup {
  return isZero(total)
    ? element('td', { class: 'amount zero' }, '–')
    : element('td', { class: 'amount lacking' }, 'unknown');
}

function accountTable(record: ReportRecord, worths: readonly Worth[], sum: Sum, view: WorthView): Markup {
  return table(
    `What each account was worth in ${view.unit}`,
    [
      { title: 'Account', amount: false },
      { title: `Value in ${view.unit}`, amount: true },
      { title: 'Share', amount: true },
      { title: 'Slot', amount: false },
      { title: 'Without a price', amount: false },
    ],
    worths.map(({ account, snapshot, sum: its }) => ({
      title: account.account,
      cells: [
        its.value === undefined
          ? element('td', { class: 'amount lacking' }, 'unknown')
          : moneyCell(its.value, view.unit, view),
        shareCell(its.value, sum.value),
        element('td', { class: 'observed' }, localTime(snapshot.slot, record.timeZone)),
        element('td', { class: 'lacking' }, its.unpriced.join(', ')),
      ],
    })),
  );
}

/** What the table does not show: slots without prices, currencies without one, and old prices. */
function notes(
  worths: readonly Worth[],
  sum: Sum,
  { timeZone }: ReportRecord,
  { unit }: WorthView,
): Markup[] {
  const priceless = new Map<string, string>();
  const stale = new Map<string, string>();
  const lacking = new Set<string>();
  const isMixed = new Set(worths.map(({ account }) => regionOf(account.account))).size > 1;
  for (const { account, snapshot, holdings, priceless: regions, sum: its } of worths) {
    // A market of another region is already named with it.
    const named = (market: string) =>
      isMixed && !market.includes(' ') ? `${regionOf(account.account)} ${market}` : market;
    for (const region of regions)
      priceless.set(
        `${region} ${snapshot.slot}`,
        `No prices of ${region} were recorded for ${localTime(snapshot.slot, timeZone)}, so values that need one are unknown.`,
      );
    if (regions.length === 0) for (const currency of its.unpriced) lacking.add(currency);
    for (const { way } of holdings)
      for (const [market, tradedAt] of way?.stale ?? [])
        stale.set(named(market), `${named(market)} ${formatDuration(snapshot.slot - tradedAt)} before`);
  }
  const names = sum.unpriced.filter((currency) => lacking.has(currency));
  return [
    ...priceless.values(),
    ...(names.length === 0
      ? []
      : [
          `No market has a price for ${names.join(', ')} in ${unit}, so the sum leaves ${names.length === 1 ? 'it' : 'them'} out.`,
        ]),
    ...(stale.size === 0 ? [] : [`Last trade more than an hour old: ${[...stale.values()].join(', ')}.`]),
  ].map((text) => element('p', { class: 'evidence' }, text));
}
