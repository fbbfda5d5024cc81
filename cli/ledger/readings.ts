import { closingAt, closings, stackTimeZone } from '../../lambda/core/catalog.ts';
import { accountsAt } from '../../lambda/core/completeness.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { at, latest, type Reading } from '../../lambda/history/latest.ts';
import { closingClause, note, readingClauses, simulatedClauses } from '../print/notes.ts';
import { type CurrencyOptions, unlistedNotes } from './currency.ts';
import type { LedgerOptions } from './options.ts';
import { chosenAccounts, type Session } from './session.ts';
import { instantOf, type TypedTime } from './time.ts';

/** What the ledger has for the chosen accounts, now or at a time. */
export interface Readings {
  readonly readings: readonly Reading[];
  /** Those of the readings that have one. */
  readonly snapshots: readonly Snapshot[];
  /** The requested time, or now if that is earlier. */
  readonly asOf: Instant;
  /** The requested time, if it is later than now. */
  readonly future: Instant | undefined;
}

/**
 * Reads each account's newest success, or that at or before a time; without `--account`, of the accounts that are open then.
 *
 * @throws CodedError `usage.invalid` for an account that is not in the ledger, and as the reader does.
 */
export async function readAt(
  session: Session,
  options: LedgerOptions,
  time: TypedTime | undefined,
): Promise<Readings> {
  const { catalog, now } = session;
  const instant = time && instantOf(time, stackTimeZone(catalog));
  const asOf = Math.min(instant ?? now, now);
  const accounts = chosenAccounts(options, catalog) ?? accountsAt(catalog, asOf);
  const readings = await (instant === undefined ? latest(session, accounts) : at(session, accounts, instant));
  return {
    readings,
    snapshots: readings.flatMap(({ snapshot }) => snapshot ?? []),
    asOf,
    future: instant !== undefined && instant > now ? instant : undefined,
  };
}

/** What the rows do not show, with newlines: one line per account, and what concerns all. */
export function notesOn(
  { readings, snapshots, asOf, future }: Readings,
  { account, currency }: LedgerOptions & CurrencyOptions,
  session: Session,
): string[] {
  const listed = snapshots.flatMap(({ balances }) => balances.map((line) => line.currency));
  return [
    ...(future === undefined
      ? []
      : [`${formatSecond(future)} is in the future: these are the newest snapshots so far\n`]),
    ...(snapshots.length > 0 ? unlistedNotes(currency, listed) : []),
    ...(readings.length === 0 ? [`${session.label} has no accounts to show yet\n`] : []),
    ...readings.map((reading) =>
      note(reading.account, [
        ...simulatedClauses(session.simulated),
        ...readingClauses(reading, session.catalog, asOf),
      ]),
    ),
    ...(account === undefined ? notesOnClosed(session, asOf) : []),
  ];
}

/** What `--total` says instead of a total that would be too small. */
export const NO_TOTAL = 'no total: it would leave out an account that cannot be read\n';

/** The accounts that were expected to have a newer snapshot than the total has of them, or any at all. */
export function lackingClauses(readings: readonly Reading[]): string[] {
  return readings.flatMap(({ account, snapshot, missed }) => {
    if (missed.last === undefined) return [];
    const slot = formatSecond(missed.last);
    return snapshot === undefined
      ? [`${account} has no snapshot and is left out (expected at ${slot})`]
      : [`${account} has no snapshot of ${slot}, so its amounts are of ${formatSecond(snapshot.slot)}`];
  });
}

/** Notes on closed accounts, which are left out: a renamed account would otherwise count twice. */
function notesOnClosed({ catalog }: Session, asOf: Instant): string[] {
  return [...catalog.accounts.values()].flatMap((entry) => {
    const closing = closingAt(closings(entry), asOf);
    return closing === undefined
      ? []
      : [note(entry.account, [`${closingClause(closing)} and left out; name it with --account to see it`])];
  });
}
