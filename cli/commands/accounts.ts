import { knownAccounts } from '../../lambda/core/completeness.ts';
import { latest } from '../../lambda/history/latest.ts';
import { type CurrencyOptions, sayIfCurrencyIsIdle, withCurrencyOption } from '../ledger/currency.ts';
import { type LocalTimesOptions, withLocalTimesOption } from '../ledger/local-times.ts';
import type { CommonOptions } from '../ledger/options.ts';
import { withCommonOptions } from '../ledger/options.ts';
import { chosenAccounts, type Io, sayIfEmpty, withLedger } from '../ledger/session.ts';
import { accountRow, printAccountRows } from '../print/account-rows.ts';
import { note, simulatedClauses, unknownClauses } from '../print/notes.ts';
import { addAccountsClose } from './accounts-close.ts';
import type { AddCommand } from './add-command.ts';

export const addAccounts: AddCommand = (program, context) => {
  const command = program
    .command('accounts')
    .description('the accounts in the ledger, each with its newest snapshot and any failure since');
  const accounts = withLocalTimesOption(withCurrencyOption(withCommonOptions(command)))
    .helpCommand(false)
    .addHelpText('after', '\nExample: balances accounts --local')
    .action((options: CommonOptions) => context.finish(printAccounts(options, context.io)));
  addAccountsClose(accounts, context);
};

/** `balances accounts`: all accounts in the ledger, closed ones included. Unreadable values are null. */
function printAccounts(
  options: CommonOptions & CurrencyOptions & LocalTimesOptions,
  io: Io,
): Promise<number> {
  return withLedger(options, io, async (session) => {
    sayIfCurrencyIsIdle(options, io);
    const { catalog } = session;
    const accounts = chosenAccounts(options, catalog) ?? knownAccounts(catalog);
    const readings = await latest(session, accounts);
    await printAccountRows(
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
