import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Output } from '../print/format.ts';
import { named } from '../print/named.ts';
import { withRemedy } from './aws-credentials.ts';
import { demoEndSentence } from './demo-end.ts';
import type { Environment } from './deployment.ts';
import { type LedgerOptions, ledgerOf, wrongUsage } from './options.ts';
import type { StandardInput } from './standard-input.ts';
import type { Target, TargetChoice } from './target.ts';
import { noticingReader } from './unreadable.ts';

/** Everything a command uses from outside. */
export interface Io extends Output {
  /** Everything that is not data. */
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
  /** Standard input, opened by the command that reads it; absent if there is none. */
  readonly stdin?: () => StandardInput;
  readonly now: () => Instant;
  readonly openTarget: (choice: TargetChoice) => Promise<Target>;
  readonly environment: Environment;
  /** The checkout, with the local ledgers, the deploy's outputs and `cdk.json`. */
  readonly root: string;
}

/** An open ledger with its catalog, for the duration of one command. */
export interface Session extends Target {
  readonly catalog: Catalog;
  /** The current time; for the demo, when it was last filled: nothing later is expected of it. */
  readonly now: Instant;
  /** False once an unreadable item was found: what seems absent may be in that item. */
  readonly isWhole: () => boolean;
}

/**
 * Opens the ledger the options name, and always closes it. If some items cannot be read, the rest is still answered
 * first.
 *
 * @throws CodedError `ledger.foreign` at the end, naming what could not be read.
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
    const now = io.now();
    const end = await target.end?.(catalog);
    const result = await use({ ...target, reader, catalog, now: Math.min(now, end ?? now), isWhole });
    const ends = end === undefined ? undefined : demoEndSentence(catalog, end, now);
    if (ends !== undefined) io.stderr.write(`${ends}\n`);
    const said = problem(target.label);
    if (said !== undefined) throw new CodedError('ledger.foreign', said);
    return result;
  });
}

/**
 * Opens the ledger the options name, and always closes it.
 *
 * @throws CodedError as `openTarget` and `use`, with what to do if AWS refuses the credentials.
 */
export async function withTarget<T>(
  options: LedgerOptions,
  io: Io,
  use: (target: Target) => Promise<T>,
): Promise<T> {
  const { local = false, real = false, table } = ledgerOf(options, io.environment);
  const target = await io.openTarget(
    local || real ? { kind: 'local', ledger: local ? 'demo' : 'real' } : { kind: 'table', name: table },
  );
  try {
    return await use(target);
  } catch (error) {
    throw withRemedy(error);
  } finally {
    await target.close();
  }
}

/** Says so if the ledger has no accounts: an empty answer does not explain itself. */
export function sayIfEmpty({ catalog, label }: Session, io: Io): void {
  if (knownAccounts(catalog).length === 0) io.stderr.write(`${label} has no accounts to show yet\n`);
}

/** How many accounts an error names. */
const NAMED = 20;

/** The accounts that `--account` names or matches, sorted, each once; undefined without it. Throws CodedError usage.invalid. */
export function chosenAccounts(
  { account: asked }: LedgerOptions,
  catalog: Catalog,
): readonly AccountName[] | undefined {
  if (asked === undefined) return undefined;
  const known = knownAccounts(catalog);
  const chosen = asked.flatMap((name) => {
    const found = known.filter(matching(name));
    if (found.length > 0) return found;
    const instead = known.length === 0 ? 'no accounts yet' : `only ${named(known, NAMED)}`;
    const what = name.includes('*') ? 'matches no account of' : 'is not in';
    throw wrongUsage(`--account ${name} ${what} the ledger, which has ${instead}`);
  });
  return [...new Set(chosen)].sort(byCodeOrder);
}

/** Tells whether an account has this name, or matches it where it has a `*`: any text, `/` included. */
function matching(name: string): (account: AccountName) => boolean {
  const [first = '', ...rest] = name.split('*');
  const last = rest.pop();
  if (last === undefined) return (account) => account === name;
  return (account) => {
    let end = first.length;
    // The leftmost place of each part leaves the most room for the next.
    for (const part of rest)
      end = account.indexOf(part, end) === -1 ? Infinity : account.indexOf(part, end) + part.length;
    return account.startsWith(first) && end + last.length <= account.length && account.endsWith(last);
  };
}
