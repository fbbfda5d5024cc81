import type { Command } from 'commander';
import { type AccountName, defaultAccount, regionOf } from '../../lambda/core/account.ts';
import type { AccountEntry, Catalog } from '../../lambda/core/catalog.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { END_OF_TIME, formatSecond, secondFrom } from '../../lambda/core/instant.ts';
import { type Found, isFailure, isUnreadable } from '../../lambda/core/snapshot.ts';
import { latest } from '../../lambda/history/latest.ts';
import type { LocalTimesOptions } from '../ledger/local-times.ts';
import { accountOf, type CommonOptions, timeOf, wrongUsage } from '../ledger/options.ts';
import { type Io, withTarget } from '../ledger/session.ts';
import { instantOf, type TypedTime } from '../ledger/time.ts';
import { accountRow, printAccountRows } from '../print/account-rows.ts';
import { note, simulatedClauses } from '../print/notes.ts';
import type { CommandContext } from './add-command.ts';

/** The options of `accounts close`. */
interface CloseOptions extends CommonOptions, LocalTimesOptions {
  readonly at?: TypedTime;
}

/** Adds `close` to the command `accounts`. */
export function addAccountsClose(accounts: Command, { io, now, finish }: CommandContext): void {
  accounts
    .command('close')
    .description('stop expecting snapshots of an account; stored data stays')
    .argument('<name>', 'the account, e.g. sg/old', (text) => accountOf('name', text))
    .option('--at <time>', 'when it closes (default: now)', (text) => timeOf('--at', text, now))
    // --local, --format and the like are options of `accounts`, allowed before or after `close`.
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExample: balances accounts close sg/main --local --at 2026-12-01')
    .action((name: AccountName, _: unknown, command: Command) =>
      finish(closeAccount(name, command.optsWithGlobals<CloseOptions>(), io)),
    );
}

/**
 * `balances accounts close NAME`: no snapshot of the account is expected from a time on; stored data stays. `--at` can
 * also correct an earlier closing. Warns if the key is still in the secret, because the collector would then reopen the
 * account.
 */
function closeAccount(account: AccountName, options: CloseOptions, io: Io): Promise<number> {
  if (options.account !== undefined) throw wrongUsage('accounts close takes one name, not --account');
  // Not `withLedger`: unreadable items do not prevent closing.
  return withTarget(options, io, async (session) => {
    const { reader, replaceAccount } = session;
    const [catalog, now] = [await reader.catalog(), io.now()];
    const time = options.at === undefined ? now : instantOf(options.at, stackTimeZone(catalog));
    const before = entryOf(catalog, account);
    if (before.closedFrom !== undefined && options.at === undefined) {
      throw wrongUsage(
        `${account} is already closed, from ${formatSecond(before.closedFrom)} on; use --at to change that`,
      );
    }
    // Slots are whole seconds, so rounding up does not skip one.
    const closed: AccountEntry = { ...before, closedFrom: secondFrom(time) };
    const opened = before.closed?.at(-1)?.to ?? before.since;
    if (closed.closedFrom !== undefined && closed.closedFrom < opened) {
      throw wrongUsage(
        `${account} cannot be closed from ${formatSecond(time)}: it ${opened === before.since ? 'was first seen' : 'was reopened'} at ${formatSecond(opened)}`,
      );
    }
    const newest = await reader.newest(account, END_OF_TIME);
    await replaceAccount(before, closed);
    const [reading] = await latest({ reader, catalog, now }, [account]);
    if (reading !== undefined) {
      const after = { ...catalog, accounts: new Map(catalog.accounts).set(account, closed) };
      await printAccountRows([accountRow(reading, after)], options, { ...session, catalog: after }, io);
    }
    const clauses = [
      ...simulatedClauses(session.simulated),
      ...(before.closedFrom === undefined
        ? []
        : [`was previously closed from ${formatSecond(before.closedFrom)}`]),
      ...keyWarnings(newest),
    ];
    io.stderr.write(note(account, clauses));
    return 0;
  });
}

function entryOf(catalog: Catalog, account: AccountName): AccountEntry {
  const { accounts } = catalog;
  const entry = accounts.get(account);
  const region = regionOf(account);
  if (entry === undefined && account === defaultAccount(region) && knownAccounts(catalog).includes(account)) {
    throw wrongUsage(
      `${account} is a placeholder for the region ${region}, which has no keys yet, so there is nothing to close: put a key of ${region} into the secret, or deploy without the region`,
    );
  }
  if (entry === undefined) {
    const which = accounts.size === 0 ? 'no accounts yet' : `only ${[...accounts.keys()].join(', ')}`;
    throw wrongUsage(`${account} is not in the catalog, which has ${which}`);
  }
  return entry;
}

function keyWarnings(newest: Found | undefined): string[] {
  if (newest === undefined || (isFailure(newest) && newest.failure === 'keys.missing')) return [];
  if (isUnreadable(newest)) {
    return [
      `its newest item, ${newest.key}, cannot be read: make sure the account’s API key is no longer in the secret, or the next run reopens the account`,
    ];
  }
  return [
    `its key was still in the secret at its newest slot, ${formatSecond(newest.slot)}: remove it, or the next run reopens the account`,
  ];
}
