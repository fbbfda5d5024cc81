import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { DAY, formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { dayName, type ReadTimestamp, rootText, type Seal } from '../../lambda/core/seal.ts';
import { localMidnight } from '../../lambda/core/slots.ts';
import type { Snapshot } from '../../lambda/core/snapshot.ts';
import { sealOf } from '../../lambda/history/seal-of.ts';
import { isUnreadableSeal } from '../../lambda/history/stored-ledger.ts';
import type { EvidenceFiles } from '../evidence/claims.ts';
import { examineEvidence } from '../evidence/examine.ts';
import { examineToken } from '../evidence/examine-token.ts';
import { evidenceFiles, type Stamp } from '../evidence/files.ts';
import { timestampReader } from '../evidence/timestamp-reader.ts';
import { checkNewFolder, writeFolder } from '../files/out-folder.ts';
import { type LedgerOptions, timeOf, withLedgerOptions, wrongUsage } from '../ledger/options.ts';
import { notesOn, readAt } from '../ledger/readings.ts';
import { type Io, type Session, withLedger } from '../ledger/session.ts';
import { TIME_FORMS, type TypedTime } from '../ledger/time.ts';
import { printable } from '../print/printable.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `prove`. */
interface ProveOptions extends LedgerOptions {
  readonly out: string;
}

export const addProve: AddCommand = (program, { io, now, finish }) => {
  withLedgerOptions(
    program
      .command('prove')
      .description('evidence of what an account held, which others can check without this program'),
  )
    .argument('<time>', TIME_FORMS, (text) => timeOf('time', text, now))
    .requiredOption('--out <folder>', 'the folder to write, which must be new', nonEmpty)
    .addHelpText(
      'after',
      `
Writes the newest snapshot at or before the time, the seals from its day to the newest, a page in plain words and check.sh.

Example: balances prove 2026-11-22 --local --account sg/main --out evidence`,
    )
    .action((time: TypedTime, options: ProveOptions) => finish(prove(options, time, io)));
};

/** `balances prove TIME --account NAME --out FOLDER`. */
function prove(options: ProveOptions, time: TypedTime, io: Io): Promise<number> {
  checkNewFolder(options.out);
  return withLedger(options, io, async (session) => {
    const asked = await readAt(session, options, time);
    const [reading] = asked.readings;
    if (reading === undefined || asked.readings.length > 1 || options.account === undefined)
      throw wrongUsage('prove shows one account: name it with --account, e.g. --account sg/main');
    const { account, snapshot } = reading;
    if (snapshot === undefined)
      throw new CodedError(
        'evidence.none',
        `${account} has no snapshot at or before ${formatSecond(asked.asOf)}, so there is nothing to prove`,
      );
    const files = await filesOf(session, snapshot);
    writeFolder(options.out, files);
    io.stderr.write(
      `wrote ${printable(options.out)}: what ${account} held at ${formatSecond(snapshot.slot)}; evidence.html explains it, and sh check.sh checks it\n`,
    );
    for (const line of notesOn(asked, options, session)) io.stderr.write(line);
    return 0;
  });
}

/** @throws CodedError `evidence.unsealed` or `evidence.broken`. */
async function filesOf(
  { stored, catalog, simulated }: Session,
  { account, slot }: Snapshot,
): Promise<EvidenceFiles> {
  const seal = await sealOf(stored, slot);
  if (seal === undefined) {
    const timeZone = stackTimeZone(catalog);
    const day = dayName({ from: localMidnight(timeZone, slot), timeZone });
    throw new CodedError(
      'evidence.unsealed',
      `the day ${day} of this snapshot has no seal: a day is sealed an hour after it ends`,
    );
  }
  const items = await stored.items(account, seal.from, seal.from + DAY);
  const [item] = await stored.items(account, slot, slot + SECOND);
  const seals: [Seal, ...Seal[]] = [seal];
  for await (const found of stored.seals(seal.from + SECOND)) {
    if (isUnreadableSeal(found)) throw broken(`the seal ${found.slot} cannot be read: ${found.problem}`);
    seals.push(found);
  }
  const read = timestampReader();
  const stamp = await firstStamp(seals, read);
  const files = evidenceFiles({ item: item ?? {}, items, seals, stamp, simulated });
  const [problem] = [...examineEvidence(files), ...(await examineToken(files, read))];
  if (problem !== undefined) throw broken(problem.what);
  return files;
}

/** The oldest token that can be read: the closer to the day, the more it shows. `verify` names those that cannot be. */
async function firstStamp(seals: readonly Seal[], read: ReadTimestamp): Promise<Stamp | undefined> {
  for (const { from, timestamp: token, previous, accounts } of seals) {
    const { value: timestamp } =
      token === undefined ? {} : await read(token, rootText(previous, accounts), from + DAY);
    if (token !== undefined && timestamp !== undefined) return { from, token, timestamp };
  }
  return undefined;
}

/** Evidence that does not check is never written. */
function broken(why: string): CodedError {
  return new CodedError(
    'evidence.broken',
    `the ledger does not match its seals, so nothing can be proved: ${why}. balances verify names each difference`,
  );
}

function nonEmpty(text: string): string {
  if (text === '') throw wrongUsage('--out is empty: give the name of a new folder, e.g. evidence');
  return text;
}
