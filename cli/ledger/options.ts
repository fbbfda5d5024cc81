import { type Command, Option } from 'commander';
import { ACCOUNT_NAME_RULE, type AccountName, parseAccountName } from '../../lambda/core/account.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { regionsInWords } from '../../lambda/core/regions.ts';
import { FORMATS, type Format } from '../print/format.ts';
import { printable } from '../print/printable.ts';
import { parseTime, type TypedTime } from './time.ts';

/** The options that select a ledger. */
export interface TargetOptions {
  readonly local?: boolean;
  readonly real?: boolean;
  readonly table?: string;
}

/** The options that select a ledger and accounts in it. */
export interface LedgerOptions extends TargetOptions {
  /** Names of accounts, and patterns of names, in which `*` stands for anything: `sg/*`. */
  readonly account?: readonly string[];
}

/** The options of every command that prints rows. */
export interface CommonOptions extends LedgerOptions {
  readonly format: Format;
}

const TABLE_NAME = /^[\w.-]{3,255}$|^arn:[\w:/.-]+$/;

export function withCommonOptions(command: Command): Command {
  return withFormatOption(withLedgerOptions(command));
}

export function withFormatOption(command: Command): Command {
  return command.addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'));
}

export function withLedgerOptions(command: Command): Command {
  return withTargetOptions(command).option(
    '--account <name>',
    'only this account (sg/main) or these ("sg/*"); may be repeated',
    (text: string, before?: readonly string[]) => parseAccount(text, before),
  );
}

export function withTargetOptions(command: Command): Command {
  return command
    .addOption(new Option('--local', 'read the demo ledger of npm start').conflicts(['real', 'table']))
    .addOption(new Option('--real', 'read the ledger of npm start -- --keys FILE').conflicts('table'))
    .option(
      '--table <name>',
      'read this DynamoDB table (default: BALANCES_LEDGER, TABLE_NAME, else the deployed one)',
      parseTable,
    );
}

/** The variable that names the ledger where no option does. */
export const LEDGER_VARIABLE = 'BALANCES_LEDGER';

/**
 * The ledger that the options select; else the one that `BALANCES_LEDGER` names: `local`, `real`, or a DynamoDB table.
 *
 * @throws CodedError `usage.invalid` if that is none of these.
 */
export function ledgerOf(
  { local = false, real = false, table }: TargetOptions,
  environment: Readonly<Record<string, string | undefined>>,
): TargetOptions {
  const named = environment[LEDGER_VARIABLE] ?? '';
  if (named === '' || local || real || table !== undefined)
    return { local, real, ...(table === undefined ? {} : { table }) };
  if (named === 'local' || named === 'real') return { local: named === 'local', real: named === 'real' };
  if (TABLE_NAME.test(named)) return { table: named };
  throw wrongUsage(`${LEDGER_VARIABLE} ${shown(named)} is not local, real or the name of a DynamoDB table`);
}

/** The words that select the same ledger; none for the deployed table. Throws as {@link ledgerOf}. */
export function ledgerWords(
  options: TargetOptions,
  environment: Readonly<Record<string, string | undefined>>,
): string[] {
  const { local = false, real = false, table } = ledgerOf(options, environment);
  if (local || real) return [local ? '--local' : '--real'];
  return table === undefined ? [] : ['--table', table];
}

/** Wrong usage of the command line: exit code 2. */
export function wrongUsage(message: string): CodedError {
  return new CodedError('usage.invalid', message);
}

/** Reads the value of `option` as a time. Throws CodedError usage.invalid. */
export function timeOf(option: string, text: string, now: Instant): TypedTime {
  const { value, problem } = parseTime(text, now);
  if (value === undefined) throw wrongUsage(`${option} ${shown(text)} ${problem}`);
  return value;
}

function parseTable(name: string): string {
  if (!TABLE_NAME.test(name)) throw wrongUsage(`--table ${shown(name)} is not the name of a DynamoDB table`);
  return name;
}

/** A name with `*` in it. */
const PATTERN = /^(?=.*\*)[a-z0-9*-]{1,64}(?:\/[a-z0-9*-]{1,64})?$/;

/** Adds one `--account`, or one account named without it. Throws CodedError usage.invalid. */
export function parseAccount(text: string, before: readonly string[] = [], option = '--account'): string[] {
  return [...before, PATTERN.test(text) ? text : accountOf(option, text)];
}

/** Reads the value of `option` as an account. Throws CodedError usage.invalid. */
export function accountOf(option: string, text: string): AccountName {
  const account = parseAccountName(text);
  if (account !== undefined) return account;
  throw wrongUsage(
    `${option} ${shown(text)} is not an account name: write <region>/<name>, e.g. sg/main (region ${regionsInWords('or')}; name ${ACCOUNT_NAME_RULE})`,
  );
}

/** User input, quoted and safe to print on one line. */
function shown(text: string): string {
  return JSON.stringify(printable(text.length > 80 ? `${text.slice(0, 80)}…` : text));
}
