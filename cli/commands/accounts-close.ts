import type { Command } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import type { AccountEntry, Catalog } from '../../lambda/core/catalog.ts';
import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { END_OF_TIME, formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { type Found, isFailure, isUnreadable } from '../../lambda/core/snapshot.ts';
import { latest } from '../../lambda/history/latest.ts';
import { accountOf, type CommonOptions, timeOf, wrongUsage } from '../ledger/options.ts';
import { type Io, withTarget } from '../ledger/session.ts';
import { instantOf, type TypedTime } from '../ledger/time.ts';
import { accountRow, printAccountRows } from '../print/account-rows.ts';
import { note, simulatedClauses } from '../print/notes.ts';
import type { CommandContext } from './add-command.ts';

/** What was typed of the options of `accounts close`. */
interface CloseOptions extends CommonOptions {
  readonly at?: TypedTime;
}

/** Adds `close` to the command `accounts`. */
export function addAccountsClose(accounts: Command, { io, now, finish }: CommandContext): void {
  accounts
    .command('close')
    .description('expect no more snapshots of an account; what is stored stays')
    .argument('<name>', 'the account, e.g. sg/old', (text) => accountOf('name', text))
    .option('--at <time>', 'from here on it is not expected (default: now)', (text) =>
      timeOf('--at', text, now),
    )
    // Its options --local, --format and the like are those of `accounts`, before its name or behind it.
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', '\nExample: balances accounts close sg/main --local --at 2026-12-01')
    .action((name: AccountName, _: unknown, command: Command) =>
      finish(closeAccount(name, command.optsWithGlobals<CloseOptions>(), io)),
    );
}

/**
 * `balances accounts close NAME`: from a time on no snapshot of the account is expected. What is stored stays. With a
 * time of its own it also corrects an earlier closing. The collector opens an account again whose key is still in the
 * secret, so that is said.
 */
function closeAccount(account: AccountName, options: CloseOptions, io: Io): Promise<number> {
  if (options.account !== undefined) throw wrongUsage('accounts close takes one name, not --account');
  // What is stored need not be readable for that.
  return withTarget(options, io, async (session) => {
    const { reader, replaceAccount } = session;
    const [catalog, now] = [await reader.catalog(), io.now()];
    const time = options.at === undefined ? now : instantOf(options.at, stackTimeZone(catalog));
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
    const [reading] = await latest({ reader, catalog, now }, [account]);
    if (reading !== undefined) {
      const after = { ...catalog, accounts: new Map(catalog.accounts).set(account, closed) };
      await printAccountRows([accountRow(reading, after)], options, session, io);
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
