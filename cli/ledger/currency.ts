import type { Command } from 'commander';
import { wrongUsage } from './options.ts';
import type { Io } from './session.ts';

/** The option that selects currencies. */
export interface CurrencyOptions {
  /** Case-insensitive; undefined for all. */
  readonly currency?: readonly string[];
}

export function withCurrencyOption(command: Command): Command {
  return command.option(
    '--currency <code>',
    'only this currency, e.g. BTC; may be repeated',
    (text: string, before: readonly string[] = []) => {
      if (text === '') throw wrongUsage('--currency is empty: write a currency, e.g. BTC');
      return [...before, text];
    },
  );
}

/** Says that `--currency` has no effect on a command about whole accounts, if it was given. */
export function sayIfCurrencyIsIdle({ currency }: CurrencyOptions, io: Io): void {
  if (currency !== undefined)
    io.stderr.write(
      '--currency has no effect here: a slot is recorded, or missing, for all currencies of an account\n',
    );
}
