import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Output } from '../print/format.ts';
import type { Environment } from './deployment.ts';
import { type LedgerOptions, wrongUsage } from './options.ts';
import type { Target, TargetChoice } from './target.ts';
import { noticingReader } from './unreadable.ts';

/** All that a command touches outside itself. */
export interface Io extends Output {
  /** All that is not data. */
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly now: () => Instant;
  readonly openTarget: (choice: TargetChoice) => Promise<Target>;
  readonly environment: Environment;
  /** The folder of the checkout: local ledgers, the deploy's outputs and `cdk.json` are in it. */
  readonly root: string;
}

/** An open ledger with its catalog, for the length of one command. */
export interface Session extends Target {
  readonly catalog: Catalog;
  readonly now: Instant;
  /** False once something was read that this version does not understand: then what is not there may be in it. */
  readonly isWhole: () => boolean;
}

/**
 * Opens the ledger the options name, and closes it whatever happens. Where an item of it cannot be read, all else is
 * answered first.
 *
 * @throws CodedError `ledger.foreign` in the end, naming what could not be read.
 */
export function withLedger<T>(
  options: LedgerOptions,
  io: Io,
  use: (session: Session) => Promise<T>,
): Promise<T> {
  return withTarget(options, io, async (target) => {
    const { reader, problem } = noticingReader(target.reader);
    const isWhole = () => problem(target.label) === undefined;
    const catalog = await reader.catalog();
    const result = await use({ ...target, reader, catalog, now: io.now(), isWhole });
    const said = problem(target.label);
    if (said !== undefined) throw new CodedError('ledger.foreign', said);
    return result;
  });
}

/** Opens the ledger the options name, and closes it whatever happens. */
export async function withTarget<T>(
  { local = false, real = false, table }: LedgerOptions,
  io: Io,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const target = await io.openTarget(
    local || real ? { kind: 'local', ledger: local ? 'demo' : 'real' } : { kind: 'table', name: table },
  );
  try {
    return await use(target);
  } finally {
    await target.close();
  }
}

/** Says so where the ledger knows no account: an empty answer explains nothing by itself. */
export function sayIfEmpty({ catalog, label }: Session, io: Io): void {
  if (knownAccounts(catalog).length === 0) io.stderr.write(`${label} has no account to show yet\n`);
}

/** The accounts that were asked for, in order, each once; undefined for no choice. Throws CodedError usage.invalid. */
export function chosenAccounts(
  { account: asked }: LedgerOptions,
  catalog: Catalog,
): readonly AccountName[] | undefined {
  if (asked === undefined) return undefined;
  const known = knownAccounts(catalog);
  const unknown = asked.find((account) => !known.includes(account));
  if (unknown === undefined) return [...new Set(asked)].sort(byCodeOrder);
  const instead = known.length === 0 ? 'no account yet' : `only ${known.join(', ')}`;
  throw wrongUsage(`--account ${unknown} is not in the ledger, which has ${instead}`);
}
