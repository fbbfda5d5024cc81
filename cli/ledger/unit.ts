import type { Command } from 'commander';
import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { REGIONS } from '../../lambda/core/regions.ts';
import { unitsOf } from '../../lambda/core/worth.ts';
import { printable } from '../print/printable.ts';
import { wrongUsage } from './options.ts';
import type { Session } from './session.ts';

/** The option that selects the currency in which worth is given. */
export interface UnitOptions {
  readonly in?: string;
}

export function withUnitOption(command: Command): Command {
  return command.option(
    '--in <currency>',
    'give the worth in this currency (default: the region’s own; USDT if there are several regions)',
  );
}

/**
 * The currency in which to give the worth of these accounts, in upper case.
 *
 * @throws CodedError `usage.invalid` if no market of the ledger's regions has a price in it.
 */
export function unitFor(
  { in: asked }: UnitOptions,
  accounts: readonly AccountName[],
  { catalog }: Pick<Session, 'catalog'>,
): string {
  const regions = [...new Set(accounts.map(regionOf))];
  const [first] = regions;
  if (asked === undefined) return first !== undefined && regions.length === 1 ? REGIONS[first].fiat : 'USDT';
  const allowed = unitsOf([
    ...new Set([
      ...catalog.schedules.flatMap((schedule) => schedule.regions),
      ...knownAccounts(catalog).map(regionOf),
    ]),
  ]);
  const unit = asked.toUpperCase();
  if (allowed.includes(unit)) return unit;
  throw wrongUsage(
    `--in ${printable(JSON.stringify(asked.slice(0, 80)))}: no market of this ledger’s regions has a price in it; allowed are ${allowed.join(', ')}`,
  );
}
