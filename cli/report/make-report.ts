import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { DAY } from '../../lambda/core/instant.ts';
import type { LedgerReader, Range } from '../../lambda/history/reader.ts';
import { reportDocument } from './document.ts';
import { checkReportFile, writeReportFile } from './file.ts';
import { gather } from './gather.ts';
import type { AccountRecord, ReportRecord } from './record.ts';

/** What to report on, and where to write it. */
export interface ReportRequest
  extends Omit<ReportRecord, 'accounts' | 'prices' | 'from' | 'to' | 'interval'> {
  readonly reader: LedgerReader;
  readonly catalog: Catalog;
  readonly accounts: readonly AccountName[];
  readonly range: Range;
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
  const { reader, catalog, accounts, range, out, ...about } = request;
  checkReportFile(out);
  const { readAt, currencies, timeZone } = about;
  const view = { reader, catalog, now: readAt };
  const gathered = await gather(view, { accounts, range, currencies, timeZone });
  for (;;) {
    const { interval, accounts: shown, prices } = gathered;
    const document = await reportDocument({ ...about, ...range, interval, accounts: shown, prices });
    const bytes = Buffer.byteLength(document);
    if (bytes > MAX_BYTES && gathered.coarsen()) continue;
    writeReportFile(out, document);
    return { interval, accounts: shown, bytes };
  }
}
