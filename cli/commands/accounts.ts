import type { Command } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import type { AccountEntry, Catalog } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { formatSecond, type Instant, SECOND } from '../../lambda/core/instant.ts';
import { type Found, isFailure, isUnreadable } from '../../lambda/core/snapshot.ts';
import { latest, type Reading } from '../../lambda/history/latest.ts';
import { type CurrencyOptions, sayIfCurrencyIsIdle } from '../ledger/currency.ts';
import { accountOf, type CommonOptions, timeOf, wrongUsage } from '../ledger/options.ts';
import {
  chosenAccounts,
  type Io,
  type Session,
  sayIfEmpty,
  timeZoneOf,
  withLedger,
  withTarget,
} from '../ledger/session.ts';
import { instantOf, type TypedTime } from '../ledger/time.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { asCsv, asJson } from '../print/format.ts';
import { note, simulatedClauses, unknownClauses } from '../print/notes.ts';
import { type Column, table } from '../print/table.ts';

/** What was typed of the options of `accounts close`. */
export interface CloseOptions extends CommonOptions {
  readonly at?: TypedTime;
}

/** One account of the ledger. */
type AccountRow = {
  readonly account: string;
  /** The first slot it was seen at; null for the default account of a region, which the catalog does not name. */
  readonly since: string | null;
  /** The first slot it is no longer expected at; null while it is open. */
  readonly closed_from: string | null;
  /** The slot of its newest snapshot; null before there is one. */
  readonly last_slot: string | null;
  /** The code of the newest failure, where that is newer than the snapshot; else null. */
  readonly last_failure: string | null;
};

const ACCOUNT_COLUMNS = [
  'account',
  'since',
  'closed_from',
  'last_slot',
  'last_failure',
] as const satisfies readonly (keyof AccountRow)[];

/** Titles short enough for 80 characters. */
const COLUMNS: readonly Column[] = ['account', 'since', 'closed', 'last slot', 'last failure'].map(
  (title) => ({ title, align: 'text' }),
);

/** The last slot there can be. */
const END_OF_TIME = Date.UTC(9999, 11, 31, 23, 59, 59);

/** `balances accounts`: the accounts of the ledger, the closed ones too. What of one cannot be read is null. */
export function printAccounts(options: CommonOptions & CurrencyOptions, io: Io): Promise<number> {
  return withLedger(options, io, async (session) => {
    sayIfCurrencyIsIdle(options, io);
    const { reader, catalog, now } = session;
    const accounts = chosenAccounts(options, catalog) ?? knownAccounts(catalog);
    const readings = await latest(reader, catalog, accounts, now);
    await print(
      readings.map((reading) => accountRow(reading, catalog)),
      options,
      session,
      io,
    );
    for (const { account, unreadable } of readings) {
      io.stderr.write(note(account, [...simulatedClauses(session.simulated), ...unknownClauses(unreadable)]));
    }
    sayIfEmpty(session, io);
    return 0;
  });
}

export function withCloseOptions(command: Command, now: Instant): Command {
  return command
    .argument('<name>', 'the account, e.g. sg/old', (text) => accountOf('name', text))
    .option('--at <time>', 'from here on it is not expected (default: now)', (text) =>
      timeOf('--at', text, now),
    );
}

/**
 * `balances accounts close NAME`: from a time on no snapshot of the account is expected. What is stored stays. With a
 * time of its own it also corrects an earlier closing. The collector opens an account again whose key is still in the
 * secret, so that is said.
 */
export function closeAccount(account: AccountName, options: CloseOptions, io: Io): Promise<number> {
  if (options.account !== undefined) throw wrongUsage('accounts close takes one name, not --account');
  // What is stored need not be readable for that.
  return withTarget(options, io, async (session) => {
    const { reader, replaceAccount } = session;
    const [catalog, now] = [await reader.catalog(), io.now()];
    const time = options.at === undefined ? now : instantOf(options.at, timeZoneOf({ catalog }));
    const before = entryOf(catalog, account);
    if (before.closedFrom !== undefined && options.at === undefined) {
      throw wrongUsage(
        `${account} is closed already, from ${formatSecond(before.closedFrom)} on; --at corrects that`,
      );
    }
    // Slots are whole seconds: rounding up moves the end across none.
    const closed: AccountEntry = { ...before, closedFrom: Math.ceil(time / SECOND) * SECOND };
    const opened = before.closed?.at(-1)?.to ?? before.since;
    if (closed.closedFrom !== undefined && closed.closedFrom < opened) {
      throw wrongUsage(
        `${account} cannot be closed from ${formatSecond(time)}: it ${opened === before.since ? 'began' : 'was opened again'} at ${formatSecond(opened)}`,
      );
    }
    const newest = await reader.newest(account, END_OF_TIME);
    await replaceAccount(before, closed);
    const [reading] = await latest(reader, catalog, [account], now);
    if (reading !== undefined) {
      const after = { ...catalog, accounts: new Map(catalog.accounts).set(account, closed) };
      await print([accountRow(reading, after)], options, session, io);
    }
    const clauses = [
      ...simulatedClauses(session.simulated),
      ...(before.closedFrom === undefined
        ? []
        : [`was closed from ${formatSecond(before.closedFrom)} before`]),
      ...stillCollected(newest),
    ];
    io.stderr.write(note(account, clauses));
    return 0;
  });
}

function entryOf({ accounts }: Catalog, account: AccountName): AccountEntry {
  const entry = accounts.get(account);
  if (entry === undefined) {
    const which = accounts.size === 0 ? 'no account yet' : `only ${[...accounts.keys()].join(', ')}`;
    throw wrongUsage(`${account} is not in the catalog, which has ${which}`);
  }
  return entry;
}

function stillCollected(newest: Found | undefined): string[] {
  if (newest === undefined || (isFailure(newest) && newest.failure === 'keys.missing')) return [];
  if (isUnreadable(newest)) {
    return [
      `its newest item, ${newest.key}, cannot be read: make sure that its key is no more in the secret, or the next run opens the account again`,
    ];
  }
  return [
    `its key was still in the secret at its newest slot, ${formatSecond(newest.slot)}: remove it there, or the next run opens the account again`,
  ];
}

function accountRow({ account, snapshot, failure }: Reading, { accounts }: Catalog): AccountRow {
  const { since, closedFrom } = accounts.get(account) ?? {};
  const text = (instant: Instant | undefined) => (instant === undefined ? null : formatSecond(instant));
  return {
    account,
    since: text(since),
    closed_from: text(closedFrom),
    last_slot: text(snapshot?.slot),
    last_failure: failure?.failure ?? null,
  };
}

async function print(
  rows: readonly AccountRow[],
  { format }: CommonOptions,
  { simulated }: Pick<Session, 'simulated'>,
  io: Io,
): Promise<void> {
  const cells = rows.map((row) => ACCOUNT_COLUMNS.map((column) => row[column] ?? ''));
  const pieces = {
    json: asJson(rows),
    csv: asCsv(ACCOUNT_COLUMNS, rows),
    table:
      rows.length === 0
        ? []
        : [`${simulated ? `${SIMULATED}\n` : ''}${table(COLUMNS, cells, io.columns ?? Infinity)}`],
  }[format];
  for await (const piece of pieces) await io.stdout.write(piece);
}
