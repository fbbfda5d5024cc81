import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { held } from '../../lambda/core/balances.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { type Decimal, ZERO } from '../../lambda/core/decimal.ts';
import { atMostEnd, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { midnights } from '../../lambda/history/midnights.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { everListed, lastListed, type Shown, withSoldOut } from '../../lambda/history/sold-out.ts';
import type { Io, Session } from '../ledger/session.ts';
import { only, wantedBy } from '../print/balance-rows.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { note, simulatedClauses } from '../print/notes.ts';
import type { PriceDirectives, PricePoint } from './price-directives.ts';

/** How much of a currency an account holds, available and locked. */
export interface Holding {
  readonly currency: string;
  readonly amount: Decimal;
}

/** How a plain-text ledger asserts balances. Every text ends with a newline. */
export interface AssertionFormat {
  /** Whether the snapshot of a midnight is asserted on the day that begins with it, or on the one that ends. */
  readonly day: 'begins' | 'ends';
  /** The start of the file. */
  readonly opening: (timeZone: TimeZone) => string;
  /** The declaration of an account, before its first assertion; empty if the format has none. */
  readonly account: (account: AccountName) => string;
  /** The declaration of a currency, before its first assertion; empty if it needs none. */
  readonly currency: (currency: string) => string;
  /** False for an amount that the program cannot represent exactly; its assertion is a comment. */
  readonly canAssert: (holding: Holding) => boolean;
  /** The assertions of a snapshot whose slot is a local midnight; at least one holding. */
  readonly assertions: (snapshot: Snapshot, holdings: readonly Holding[], timeZone: TimeZone) => string;
  /** The price of a currency at a local midnight, on the day of its assertion. */
  readonly price: (point: PricePoint, timeZone: TimeZone) => string;
}

/**
 * Whether accounts and currencies are declared: a ledger may declare each only once, so of several files included together
 * only one can.
 */
export type Declarations = 'with' | 'without' | 'only';

/** `2026-11-22`, the day that an instant falls on in a time zone. */
export function localDate(instant: Instant, timeZone: TimeZone): string {
  return formatSecond(atMostEnd(instant + TIME_ZONES[timeZone])).slice(0, 10);
}

/** What is written. */
interface AssertionOptions {
  /** Case-insensitive; undefined for all. */
  readonly currencies: readonly string[] | undefined;
  readonly declarations: Declarations;
  /** Keeps the prices of what is asserted, to write them after all assertions; undefined if none are wanted. */
  readonly prices: PriceDirectives | undefined;
}

/** One snapshot: what has to be declared before it, and its assertions. */
interface Asserted {
  readonly declaration: string;
  readonly assertions: string;
}

/**
 * A file of assertions, in pieces: by account, then by day. These programs know days, not times, so only a snapshot
 * whose slot is a midnight in the stack's zone can be asserted; stderr says how many days have none. A currency that an
 * earlier one listed, or the last snapshot before the range, and this one does not, is asserted to be 0: a journal that forgot
 * a sale must not pass.
 */
export async function* assertionFile(
  format: AssertionFormat,
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  options: AssertionOptions,
  { stderr }: Io,
): AsyncGenerator<string> {
  const { declarations, prices } = options;
  const declared = new Set<string>();
  yield `${session.simulated ? `; ${SIMULATED} data\n` : ''}${format.opening(stackTimeZone(session.catalog))}`;
  for (const account of accounts) {
    const about = assertionsAbout(account, format, session, range, options, declared);
    let next = await about.next();
    for (; next.done !== true; next = await about.next()) {
      const { declaration, assertions } = next.value;
      const text = `${declarations === 'without' ? '' : declaration}${declarations === 'only' ? '' : assertions}`;
      if (text !== '') yield text;
    }
    const clauses = next.value;
    stderr.write(note(account, [...simulatedClauses(session.simulated), ...clauses]));
  }
  const directives = [...(prices?.directives() ?? [])];
  if (directives.length > 0) yield `\n${PRICES_OPENING}${directives.join('')}`;
  for (const line of prices?.notes() ?? []) stderr.write(line);
}

/** What the prices are. */
const PRICES_OPENING =
  '; Prices at the same instants: the last trade of each Upbit market named at the end of the line.\n';

/** Yields the assertions about one account, and returns notes on what they leave out. */
async function* assertionsAbout(
  account: AccountName,
  format: AssertionFormat,
  session: Session,
  range: Range,
  { currencies, prices }: AssertionOptions,
  declared: Set<string>,
): AsyncGenerator<Asserted, string[]> {
  const timeZone = stackTimeZone(session.catalog);
  let [days, lacking, inexact] = [0, 0, 0];
  let isFirst = true;
  const taken = async function* () {
    for await (const { snapshot } of midnights(session, account, daysOf(range, format), timeZone)) {
      days += 1;
      if (snapshot === undefined) lacking += 1;
      else yield { snapshot };
    }
  };
  const before =
    currencies === undefined
      ? await lastListed(session.reader, account, range.from)
      : await everListed(session.reader, account, range.from, currencies);
  const all = withSoldOut(taken(), before);
  for await (const shown of prices?.keep(all, regionOf(account), currencies) ?? all) {
    const holdings = holdingsIn(shown, currencies);
    if (holdings.length === 0) continue;
    let declaration = isFirst ? format.account(account) : '';
    for (const { currency } of holdings.filter((holding) => !declared.has(holding.currency))) {
      declared.add(currency);
      declaration += format.currency(currency);
    }
    inexact += holdings.filter((holding) => !format.canAssert(holding)).length;
    yield { declaration, assertions: format.assertions(shown.snapshot, holdings, timeZone) };
    isFirst = false;
  }
  if (days === 0) return [`its part of the range contains no midnight of ${timeZone}`];
  return [
    ...(lacking === 0 ? [] : [`${lacking} of ${days} midnights have no snapshot to assert`]),
    ...(inexact === 0
      ? []
      : [`${inexact} ${inexact === 1 ? 'amount has' : 'amounts have'} too many digits to assert`]),
  ];
}

/** The midnights of the days that begin in the range: their first instants, or the instants at which they end. */
function daysOf({ from, to }: Range, { day }: AssertionFormat): Range {
  return day === 'begins' ? { from, to } : { from: from + 1, to: to + 1 };
}

function holdingsIn({ snapshot, soldOut }: Shown, currencies: readonly string[] | undefined): Holding[] {
  const listed = only(snapshot, currencies).map((line) => ({ currency: line.currency, amount: held(line) }));
  const gone = soldOut.filter(wantedBy(currencies)).map((currency) => ({ currency, amount: ZERO }));
  return [...listed, ...gone].sort((a, b) => byCodeOrder(a.currency, b.currency));
}
