import type { AccountName } from '../../lambda/core/account.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { TIME_ZONES, type TimeZone } from '../../lambda/core/slots.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { midnights } from '../../lambda/history/midnights.ts';
import type { Range } from '../../lambda/history/reader.ts';
import type { Io, Session } from '../ledger/session.ts';
import { only } from '../print/balance-rows.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { note, simulatedClauses } from '../print/notes.ts';

/** How a plain-text ledger asserts balances. Every text ends with a newline. */
export interface AssertionFormat {
  /** The start of the file. */
  readonly opening: (timeZone: TimeZone) => string;
  /** Before the first assertion about an account. */
  readonly account: (account: AccountName) => string;
  /** Before the first assertion about a currency. */
  readonly currency: (currency: string) => string;
  /** The assertions of a snapshot whose slot is a local midnight; at least one balance. */
  readonly assertions: (snapshot: Snapshot, balances: readonly Balance[], timeZone: TimeZone) => string;
}

/** `2026-11-22`, the day that an instant falls on in a time zone. */
export function localDate(instant: Instant, timeZone: TimeZone): string {
  return formatSecond(instant + TIME_ZONES[timeZone]).slice(0, 10);
}

/**
 * A file of assertions, in pieces: by account, then by day. These programs know days, not times, so only a snapshot
 * whose slot is a midnight in the stack's zone can be asserted; stderr says how many days have none.
 */
export async function* assertionFile(
  format: AssertionFormat,
  session: Session,
  accounts: readonly AccountName[],
  range: Range,
  currencies: readonly string[] | undefined,
  { stderr }: Io,
): AsyncGenerator<string> {
  const declared = new Set<string>();
  yield `${session.simulated ? `; ${SIMULATED} data\n` : ''}${format.opening(stackTimeZone(session.catalog))}`;
  for (const account of accounts) {
    const clauses = yield* assertionsAbout(account, format, session, range, currencies, declared);
    stderr.write(note(account, [...simulatedClauses(session.simulated), ...clauses]));
  }
}

/** Yields the assertions about one account, and returns notes on what they leave out. */
async function* assertionsAbout(
  account: AccountName,
  format: AssertionFormat,
  session: Session,
  range: Range,
  currencies: readonly string[] | undefined,
  declared: Set<string>,
): AsyncGenerator<string, string[]> {
  const timeZone = stackTimeZone(session.catalog);
  let [days, lacking] = [0, 0];
  let before = format.account(account);
  for await (const { snapshot } of midnights(session, account, range, timeZone)) {
    days += 1;
    if (snapshot === undefined) lacking += 1;
    const balances = snapshot === undefined ? [] : only(snapshot, currencies);
    if (snapshot === undefined || balances.length === 0) continue;
    for (const { currency } of balances.filter((line) => !declared.has(line.currency))) {
      declared.add(currency);
      before += format.currency(currency);
    }
    yield before + format.assertions(snapshot, balances, timeZone);
    before = '';
  }
  if (days === 0) return [`its part of the range contains no midnight of ${timeZone}`];
  return lacking === 0 ? [] : [`${lacking} of ${days} midnights have no snapshot to assert`];
}
