import { timeOf } from '../ledger/options.ts';
import { TIME_FORMS, type TypedTime } from '../ledger/time.ts';
import type { AddCommand } from './add-command.ts';
import { type BalanceOptions, printBalances, withBalanceOptions } from './latest.ts';

/** `balances at TIME`: like `latest`, but for a past time. */
export const addAt: AddCommand = (program, { io, now, finish }) => {
  withBalanceOptions(
    program.command('at').description('the newest snapshot of each account at or before a time'),
  )
    .argument('<time>', TIME_FORMS, (text) => timeOf('time', text, now))
    .addHelpText('after', '\nExample: balances at 2026-11-22T06:00:00Z --local --currency BTC --total')
    .action((time: TypedTime, options: BalanceOptions) => finish(printBalances(options, time, io)));
};
