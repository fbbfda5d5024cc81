import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { beginning } from '../../lambda/core/catalog.ts';
import { DAY } from '../../lambda/core/instant.ts';
import type { LedgerReader, Range } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { reportDocument } from './document.ts';
import { checkReportFile, writeReportFile } from './file.ts';
import { gather } from './gather.ts';
import type { AccountRecord, ReportRecord } from './record.ts';
import { readSealedDays } from './sealed-days.ts';

/** What to report on, and where to write it. */
export interface ReportRequest
  extends Omit<ReportRecord, 'accounts' | 'prices' | 'from' | 'to' | 'interval'> {
  readonly reader: LedgerReader;
  /** The same ledger, as it is stored. */
  readonly stored: StoredLedger;
  readonly catalog: Catalog;
  readonly accounts: readonly AccountName[];
  readonly range: Range;
  /** The options that select the ledger, as they are typed. */
  readonly ledgerWords: readonly string[];
  readonly out: string;
}

/** A report that was written. */
export interface WrittenReport {
  readonly accounts: readonly AccountRecord[];
  /** The interval of which one snapshot is shown; 0 if all are. */
  readonly interval: number;
  readonly bytes: number;
}

/** How far back a report goes by default: a year of hourly slots still opens instantly. */
export const MAX_PAST = 366 * DAY;

/** The most that a page may have, in bytes: what does not fit is thinned. */
const MAX_BYTES = 5_000_000;

/**
 * Reads the range and writes the page.
 *
 * @throws CodedError as the reader does; `file.invalid` if the file cannot be written, or exists and is not a report.
 */
export async function makeReport(request: ReportRequest): Promise<WrittenReport> {
  const { reader, stored, catalog, accounts, range, ledgerWords, out, ...about } = request;
  checkReportFile(out);
  const { readAt, currencies, timeZone } = about;
  const view = { reader, catalog, now: readAt };
  const gathered = await gather(view, { accounts, range, currencies, timeZone });
  const sealing = { range, beginning: beginning(catalog), timeZone, now: readAt };
  const sealed = { days: await readSealedDays(stored, sealing), ledgerWords };
  for (;;) {
    const { interval, accounts: shown, prices } = gathered;
    const record = { ...about, ...range, interval, accounts: shown, prices };
    const document = await reportDocument(record, sealed);
    const bytes = Buffer.byteLength(document);
    if (bytes > MAX_BYTES && gathered.coarsen()) continue;
    writeReportFile(out, document);
    return { interval, accounts: shown, bytes };
  }
}
