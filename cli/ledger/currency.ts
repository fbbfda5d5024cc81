import type { Command } from 'commander';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { named } from '../print/named.ts';
import { printable } from '../print/printable.ts';
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
    'only this currency, e.g. BTC or BTC,ETH; may be repeated',
    (text: string, before: readonly string[] = []) => {
      const codes = text.split(',').map((code) => code.trim());
      if (codes.includes(''))
        throw wrongUsage(
          `--currency ${text === '' ? 'is empty' : 'has an empty part'}: write currencies, e.g. BTC or BTC,ETH`,
        );
      return [...before, ...codes];
    },
  );
}

/** How many currencies are named at most. */
const NAMED = 20;

/**
 * A line for each asked currency that is not among those listed: a misspelt one would otherwise look like one not held. It
 * says which there are.
 */
export function unlistedNotes(asked: readonly string[] | undefined, listed: Iterable<string>): string[] {
  const there = [...new Set(listed)].sort(byCodeOrder);
  const known = new Set(there.map((code) => code.toUpperCase()));
  const instead = there.length === 0 ? '' : `; listed are ${named(there, NAMED)}`;
  return (asked ?? [])
    .filter((code) => !known.has(code.toUpperCase()))
    .map((code) => `${printable(`--currency ${code}: no snapshot here lists it${instead}`)}\n`);
}

/** Says that `--currency` has no effect on a command about whole accounts, if it was given. */
export function sayIfCurrencyIsIdle({ currency }: CurrencyOptions, io: Io): void {
  if (currency !== undefined)
    io.stderr.write(
      '--currency has no effect here: a slot is recorded, or missing, for all currencies of an account\n',
    );
}
