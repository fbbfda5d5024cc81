import type { Command } from 'commander';
import { wrongUsage } from './options.ts';
import type { Io } from './session.ts';

/** What was typed to choose among currencies. */
export interface CurrencyOptions {
  /** In any case; undefined for all. */
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

/** Says that a choice among currencies narrows nothing, to whoever made one for a command about whole accounts. */
export function sayIfCurrencyIsIdle({ currency }: CurrencyOptions, io: Io): void {
  if (currency !== undefined)
    io.stderr.write(
      '--currency narrows nothing here: a slot is taken, or missing, for all currencies of an account\n',
    );
}
