import { stackTimeZone } from '../../lambda/core/catalog.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import { covers, type Seal } from '../../lambda/core/seal.ts';
import { sealOf } from '../../lambda/history/seal-of.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import type { CurrencyOptions } from '../ledger/currency.ts';
import { type LedgerOptions, ledgerWords } from '../ledger/options.ts';
import { notesOn } from '../ledger/readings.ts';
import { type Io, withLedger } from '../ledger/session.ts';
import type { TypedTime } from '../ledger/time.ts';
import type { UnitOptions } from '../ledger/unit.ts';
import { readWorthAt } from '../ledger/worth-readings.ts';
import { printable } from '../print/printable.ts';
import { checkReportFile, writeReportFile } from '../report/file.ts';
import { statementDocument } from '../report/statement/document.ts';

/** The options of `report` that apply with `--at`. */
export interface StatementOptions extends LedgerOptions, CurrencyOptions, UnitOptions {
  readonly out: string;
}

/**
 * `balances report --at TIME --out FILE.html`: a statement of what each account held at that time, for paper.
 *
 * @throws CodedError `file.invalid` if the file cannot be written, or exists and is not a report.
 */
export async function writeStatement(options: StatementOptions, time: TypedTime, io: Io): Promise<number> {
  checkReportFile(options.out);
  return await withLedger(options, io, async (session) => {
    const { label, simulated, catalog, now } = session;
    const { asked, unit, worths, sum, priceNotes, sumNotes } = await readWorthAt(session, options, time);
    const seals = await sealsOf(
      session.stored,
      worths.map(({ snapshot }) => snapshot.slot),
    );
    const { account, currency } = options;
    const worthNotes = [...priceNotes, ...sumNotes];
    // On paper, a note for each account that the data is simulated would hide the others: each sheet says it.
    const balanceNotes = notesOn(asked, options, { ...session, simulated: false });
    writeReportFile(
      options.out,
      statementDocument({
        label,
        simulated,
        timeZone: stackTimeZone(catalog),
        // Slots are whole seconds, so at the start of the second the answer is the same.
        at: Math.floor(asked.asOf / SECOND) * SECOND,
        readAt: now,
        isOfAll: account === undefined,
        currencies: currency,
        unit,
        readings: asked.readings,
        worths,
        sum,
        notes: { balances: sentences(balanceNotes), worth: sentences(worthNotes) },
        seals,
        options: {
          ledger: ledgerWords(options, io.environment),
          part: [
            ...(account ?? []).flatMap((name) => ['--account', name]),
            ...(currency ?? []).flatMap((code) => ['--currency', code]),
          ],
        },
      }),
    );
    io.stderr.write(`wrote ${printable(options.out)}: a statement to print, or to open in a browser\n`);
    for (const line of [...notesOn(asked, options, session), ...worthNotes]) io.stderr.write(line);
    return 0;
  });
}

/** The seals of the days of these slots; a day without one is left out. */
async function sealsOf(stored: StoredLedger, slots: readonly Instant[]): Promise<Seal[]> {
  const seals: Seal[] = [];
  for (const slot of slots) {
    if (seals.some((seal) => covers(seal, slot))) continue;
    const seal = await sealOf(stored, slot);
    if (seal !== undefined) seals.push(seal);
  }
  return seals;
}

function sentences(lines: readonly string[]): string[] {
  return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
}
