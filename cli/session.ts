import { type Command, Option } from 'commander';
import { ACCOUNT_NAME_RULE, type AccountName, parseAccountName } from '../lambda/core/account.ts';
import type { Catalog } from '../lambda/core/catalog.ts';
import { knownAccounts } from '../lambda/core/completeness.ts';
import { CodedError } from '../lambda/core/error.ts';
import type { Instant } from '../lambda/core/instant.ts';
import { byCodeOrder } from '../lambda/core/order.ts';
import type { TimeZone } from '../lambda/core/slots.ts';
import type { Patient } from './doctor/examine.ts';
import type { Finding } from './doctor/finding.ts';
import { FORMATS, type Format } from './format.ts';
import { printable } from './printable.ts';
import type { Target, TargetChoice } from './target.ts';
import { parseTime, type TypedTime } from './time.ts';
import { noticingReader } from './unreadable.ts';

/** All that a command touches outside itself. */
export interface Io {
  /** Data only. Resolves when more may be written. */
  readonly stdout: { write(text: string): Promise<void> | void };
  /** Everything else. */
  readonly stderr: { readonly isTTY?: boolean; write(text: string): unknown };
  readonly now: () => Instant;
  readonly openTarget: (choice: TargetChoice) => Promise<Target>;
  readonly examine: (patient: Patient) => Promise<readonly Finding[]>;
  /** The terminal's width; undefined where stdout is none. */
  readonly columns: number | undefined;
}

/** What was typed to say which ledger is meant. */
export interface TargetOptions {
  readonly local?: boolean;
  readonly real?: boolean;
  readonly table?: string;
}

/** And which accounts of it. */
export interface LedgerOptions extends TargetOptions {
  readonly account?: readonly AccountName[];
}

/** What was typed of the options of every command that prints rows. */
export interface CommonOptions extends LedgerOptions {
  readonly format: Format;
}

/** An open ledger with its catalog, for the length of one command. */
export interface Session extends Target {
  readonly catalog: Catalog;
  readonly now: Instant;
  /** False once something was read that this version does not understand: then what is not there may be in it. */
  readonly isWhole: () => boolean;
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
    'only this account, e.g. sg/main; may be repeated',
    parseAccount,
  );
}

export function withTargetOptions(command: Command): Command {
  return command
    .addOption(new Option('--local', 'read the demo ledger of npm start').conflicts(['real', 'table']))
    .addOption(new Option('--real', 'read the ledger of npm start -- --keys FILE').conflicts('table'))
    .option(
      '--table <name>',
      'read this DynamoDB table (default: TABLE_NAME, else the deployed one)',
      parseTable,
    );
}

/** A wrong word on the command line: exit code 2. */
export function wrongUsage(message: string): CodedError {
  return new CodedError('usage.invalid', message);
}

/** Reads the value of `option` as a time. Throws CodedError usage.invalid. */
export function timeOf(option: string, text: string, now: Instant): TypedTime {
  const { value, problem } = parseTime(text, now);
  if (value === undefined) throw wrongUsage(`${option} ${shown(text)} ${problem}`);
  return value;
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

/** The stack's time zone: that of its newest schedule, UTC before there is one. */
export function timeZoneOf({ catalog }: Pick<Session, 'catalog'>): TimeZone {
  return catalog.schedules.at(-1)?.timeZone ?? 'UTC';
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

function parseTable(name: string): string {
  if (!TABLE_NAME.test(name)) throw wrongUsage(`--table ${shown(name)} is not the name of a DynamoDB table`);
  return name;
}

function parseAccount(text: string, before: readonly AccountName[] = []): AccountName[] {
  return [...before, accountOf('--account', text)];
}

/** Reads the value of `option` as an account. Throws CodedError usage.invalid. */
export function accountOf(option: string, text: string): AccountName {
  const account = parseAccountName(text);
  if (account !== undefined) return account;
  throw wrongUsage(
    `${option} ${shown(text)} is no account: write <region>/<name>, e.g. sg/main (region sg, id, th or kr; name ${ACCOUNT_NAME_RULE})`,
  );
}

/** What was typed, as it may be repeated in one line. */
function shown(text: string): string {
  return JSON.stringify(printable(text.length > 80 ? `${text.slice(0, 80)}…` : text));
}
