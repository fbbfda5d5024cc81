import { Option } from 'commander';
import { sha256 } from '../../lambda/adapters/sha256.ts';
import { beginning, stackTimeZone } from '../../lambda/core/catalog.ts';
import { formatMillisecond, formatSecond } from '../../lambda/core/instant.ts';
import { dayName, type Seal } from '../../lambda/core/seal.ts';
import { isUnreadableSeal, type StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { type SealFault, type SealProblem, type Verified, verifySeals } from '../../lambda/history/verify.ts';
import { stampNote } from '../evidence/stamp-note.ts';
import { timestampReader } from '../evidence/timestamp-reader.ts';
import { type CommonOptions, withCommonOptions, wrongUsage } from '../ledger/options.ts';
import { type RangeOptions, withRange, withRangeOptions } from '../ledger/range.ts';
import type { Io } from '../ledger/session.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { printRows, type Row } from '../print/format.ts';
import { mapAsync } from '../print/map-async.ts';
import { printable } from '../print/printable.ts';
import { streamedTable } from '../print/table.ts';
import type { AddCommand } from './add-command.ts';
import { printEvidence } from './verify-evidence.ts';

/** The options of `verify`. */
interface VerifyOptions extends CommonOptions, RangeOptions {
  readonly expect?: string;
  /** A folder of evidence, to check instead of a ledger. */
  readonly evidence?: string;
  /** A file of root certificates to trust for time-stamps. */
  readonly authority?: string;
}

/** What each problem means and what to do. */
const MEANINGS: Readonly<Record<SealFault, string>> = {
  unsealed:
    'the day has no seal, so nothing shows whether it was changed. docs/runbook.md#no-seal says what to do.',
  changed: 'the account has as many items as were sealed, but not the same ones.',
  removed:
    'sealed items are gone. If you restored or copied the table, they were lost in that step: restore it again.',
  added:
    'the account has items that were not there when the day was sealed. Sending a dead letter again later adds a failure.',
  timestamp:
    'the time-stamp token does not belong to this seal, or cannot be trusted. The seal itself may be unchanged.',
  chain:
    'this seal was changed, or an earlier one was changed or removed. Only a root kept elsewhere can show which.',
};

export const addVerify: AddCommand = (program, { io, now, finish }) => {
  const command = program
    .command('verify')
    .description('check that each day is still as it was sealed; exit code 3 if not');
  withRangeOptions(withCommonOptions(command), now)
    .option('--expect <root>', 'a root you kept elsewhere; one of the seals must have it', parseRoot)
    .addOption(
      new Option('--evidence <folder>', 'check a folder that prove wrote, instead of a ledger').conflicts([
        ...['local', 'real', 'table', 'account', 'from', 'to'],
      ]),
    )
    .option('--authority <file>', 'the root certificates to trust for time-stamps (PEM)')
    .addHelpText(
      'after',
      `
Every seal is checked, from the first to the last; --from, --to and --account choose which items are compared with them.
An account that neither the catalog nor a seal names is not checked.

Example: balances verify --local --from 2026-10-01`,
    )
    .action((options: VerifyOptions) => {
      const { evidence, expect, authority, format } = options;
      return finish(
        evidence === undefined
          ? printVerified(options, io)
          : printEvidence(evidence, expect, authority, format, io),
      );
    });
};

/** `balances verify`: the days and accounts that are not as they were sealed. Exit code 3 if there are any. */
function printVerified(options: VerifyOptions, outside: Io): Promise<number> {
  return withRange(options, outside, async (session, accounts, { from, to }, io) => {
    const { catalog, now, simulated } = session;
    const seals = new Seals(session.stored);
    const timeZone = stackTimeZone(catalog);
    const range = {
      // Without a bound, this includes what lies before the beginning in the catalog, or in the future.
      from: options.from === undefined ? Number.NEGATIVE_INFINITY : from,
      to: options.to === undefined ? Number.POSITIVE_INFINITY : to,
    };
    const only = options.account === undefined ? undefined : accounts;
    const request = { range, accounts: only, beginning: beginning(catalog), timeZone, now };
    const read = timestampReader(options.authority);
    const met = new Set<SealFault>();
    const badTokens: string[] = [];
    let verified: Verified | undefined;
    let lost: SealProblem | undefined;
    const problems = async function* (): AsyncGenerator<SealProblem> {
      const found = verifySeals(seals.noticing, request, sha256, read);
      for (let next = await found.next(); ; next = await found.next()) {
        if (next.done === true) {
          verified = next.value;
          break;
        }
        met.add(next.value.problem);
        if (next.value.what !== undefined) badTokens.push(`${printable(next.value.what)}\n`);
        yield next.value;
      }
      lost = seals.lost(options.expect);
      if (lost !== undefined) yield lost;
    };
    await printRows(
      options.format,
      {
        columns: ['day', 'account', 'problem'],
        rows: () => mapAsync(problems(), rowOf),
        table: (width) => {
          const cells = mapAsync(problems(), ({ day, account = 'all', problem }) => [day, problem, account]);
          const widths = ['2026-11-22'.length, 'timestamp'.length];
          return streamedTable(
            simulated ? SIMULATED : '',
            ['day', 'problem', 'account'],
            widths,
            cells,
            width,
          );
        },
      },
      io,
    );
    for (const line of [...seals.unreadable, ...badTokens]) io.stderr.write(line);
    for (const problem of met) io.stderr.write(`${problem}: ${MEANINGS[problem]}\n`);
    if (simulated) io.stderr.write('SIMULATED data\n');
    if (verified !== undefined) io.stderr.write(summaryOf(verified, met.size === 0));
    io.stderr.write(stampsOf(verified, options.authority !== undefined));
    io.stderr.write(seals.found(options.expect));
    return met.size > 0 || lost !== undefined ? 3 : 0;
  });
}

/** The seals, as they go by. */
class Seals {
  readonly #ledger: StoredLedger;
  readonly #all: Pick<Seal, 'from' | 'timeZone' | 'root'>[] = [];
  /** A line for each seal that cannot be read. */
  readonly unreadable: string[] = [];

  constructor(ledger: StoredLedger) {
    this.#ledger = ledger;
  }

  /** The same ledger; what is read of it is remembered here. */
  get noticing(): StoredLedger {
    const notice = (found: Seal) => {
      const { from, timeZone, root } = found;
      this.#all.push({ from, timeZone, root });
    };
    const { unreadable } = this;
    const ledger = this.#ledger;
    return {
      ...ledger,
      async *seals() {
        for await (const found of ledger.seals()) {
          if (isUnreadableSeal(found))
            unreadable.push(
              `the seal ${printable(found.slot)} cannot be read: ${printable(found.problem)}\n`,
            );
          else notice(found);
          yield found;
        }
      },
    };
  }

  /** The problem that no seal has the expected root, if so. */
  lost(expected: string | undefined): SealProblem | undefined {
    if (expected === undefined || this.#placeOf(expected) !== -1) return undefined;
    const newest = this.#all.at(-1);
    return { day: newest === undefined ? '' : dayName(newest), account: undefined, problem: 'chain' };
  }

  /** A sentence on the expected root; empty if none is. */
  found(expected: string | undefined): string {
    if (expected === undefined) return '';
    const place = this.#placeOf(expected);
    const seal = this.#all[place];
    if (seal === undefined) return `no seal has the expected root ${expected}\n`;
    const after = this.#all.length - 1 - place;
    return `the expected root is that of ${dayName(seal)}; ${after} ${after === 1 ? 'seal follows' : 'seals follow'}\n`;
  }

  #placeOf(root: string): number {
    return this.#all.findIndex((seal) => seal.root === root);
  }
}

function rowOf({ day, account, problem }: SealProblem): Row {
  return { day: day === '' ? null : day, account: account ?? null, problem };
}

function summaryOf({ last, days, items }: Verified, isWhole: boolean): string {
  if (last === undefined) return 'no day has been sealed\n';
  const counted = [
    `${days.toLocaleString('en-US')} ${days === 1 ? 'day' : 'days'}`,
    `${items.toLocaleString('en-US')} ${items === 1 ? 'item' : 'items'}`,
  ].join(', ');
  return `${isWhole ? `as sealed: ${counted}` : `compared: ${counted}`}
the last root is ${last.root}, of ${dayName(last)}, sealed ${formatMillisecond(last.sealedAt)}\n`;
}

/** A line on the time-stamps; empty if there are none, and nobody asked for them. */
function stampsOf(verified: Verified | undefined, isTrusted: boolean): string {
  const { stamped = 0, lastStamp } = verified ?? {};
  if (lastStamp === undefined)
    return isTrusted ? 'no seal has a time-stamp that is good, so the certificates vouch for none\n' : '';
  const { day, at, authority } = lastStamp;
  const note = stampNote({ of: day, signedAt: formatSecond(at), authority, isTrusted });
  return `${stamped.toLocaleString('en-US')} ${stamped === 1 ? 'seal has' : 'seals have'} a time-stamp; ${note}`;
}

function parseRoot(text: string): string {
  const root = text.toLowerCase();
  if (/^[0-9a-f]{64}$/.test(root)) return root;
  throw wrongUsage(
    `--expect ${JSON.stringify(printable(text.slice(0, 80)))} is not a root: write 64 hex digits, as verify and the log print them`,
  );
}
