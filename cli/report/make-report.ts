import type { AccountName } from '../../lambda/core/account.ts';
import type { Catalog } from '../../lambda/core/catalog.ts';
import { DAY, SECOND } from '../../lambda/core/instant.ts';
import { readAhead } from '../../lambda/history/read-ahead.ts';
import { accountsAhead } from '../../lambda/history/read-range.ts';
import type { LedgerReader, Range } from '../../lambda/history/reader.ts';
import { reportDocument } from './document.ts';
import { checkReportFile, writeReportFile } from './file.ts';
import { gatherAccount } from './gather.ts';
import type { AccountRecord, ReportRecord } from './record.ts';

/** What to report on, and where to write it. */
export interface ReportRequest extends Omit<ReportRecord, 'accounts' | 'from' | 'to'> {
  readonly reader: LedgerReader;
  readonly catalog: Catalog;
  readonly accounts: readonly AccountName[];
  readonly range: Range;
  readonly out: string;
}

/** A report that was written. */
export interface WrittenReport {
  readonly accounts: readonly AccountRecord[];
  readonly bytes: number;
}

/** How far back a report goes by default: a year of hourly slots still opens instantly. */
export const MAX_PAST = 366 * DAY;

/**
 * Reads the range and writes the page.
 *
 * @throws CodedError as the reader does; `file.invalid` if the file cannot be written, or exists and is not a report.
 */
export async function makeReport(request: ReportRequest): Promise<WrittenReport> {
  const { reader, catalog, range, out, ...about } = request;
  checkReportFile(out);
  const { readAt, currencies } = about;
  // Include a snapshot taken in this very second.
  const read = { from: range.from, to: range.to === readAt ? readAt + SECOND : range.to };
  const tasks = about.accounts.map(
    (account) => () => gatherAccount({ reader, catalog, now: readAt }, account, read, currencies),
  );
  const accounts: AccountRecord[] = [];
  for await (const account of readAhead(tasks, accountsAhead({ catalog, now: readAt }, read)))
    accounts.push(account);
  const document = await reportDocument({ ...about, ...range, accounts });
  writeReportFile(out, document);
  return { accounts, bytes: Buffer.byteLength(document) };
}
