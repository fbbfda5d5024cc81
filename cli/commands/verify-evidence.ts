import { claimsOf } from '../evidence/claims.ts';
import { examineEvidence } from '../evidence/examine.ts';
import { examineToken } from '../evidence/examine-token.ts';
import type { EvidenceProblem } from '../evidence/problem.ts';
import { readEvidence } from '../evidence/read-evidence.ts';
import { stampNote } from '../evidence/stamp-note.ts';
import { timestampReader } from '../evidence/timestamp-reader.ts';
import type { Io } from '../ledger/session.ts';
import { type Format, printRows } from '../print/format.ts';
import { printable } from '../print/printable.ts';
import { table } from '../print/table.ts';

/**
 * `balances verify --evidence FOLDER`: what in an evidence folder does not match; no ledger is needed. Exit code 3 if anything.
 *
 * @param expected the kept root of one of its days; any root if undefined.
 * @param authority a file of certificates to trust for time-stamps; any authority if undefined.
 * @throws CodedError `file.invalid` if the folder is not one of evidence.
 */
export async function printEvidence(
  folder: string,
  expected: string | undefined,
  authority: string | undefined,
  format: Format,
  io: Io,
): Promise<number> {
  const files = readEvidence(folder);
  const problems = [
    ...examineEvidence(files, expected),
    ...(await examineToken(files, timestampReader(authority), authority !== undefined)),
  ];
  const cells = ({ day, account = 'all', problem }: EvidenceProblem) => [day, problem, account];
  const columns = ['day', 'problem', 'account'].map((title) => ({ title, align: 'text' as const }));
  await printRows(
    format,
    {
      columns: ['day', 'account', 'problem'],
      rows: () => problems.map(({ day, account, problem }) => ({ day, account: account ?? null, problem })),
      table: (width) => (problems.length === 0 ? [] : [table(columns, problems.map(cells), width)]),
    },
    io,
  );
  for (const { what } of problems) io.stderr.write(`${printable(what)}\n`);
  const claim = claimsOf(files);
  if (claim('simulated') !== 'no') io.stderr.write('SIMULATED data\n');
  if (problems.length > 0) return 3;
  io.stderr.write(
    printable(
      `as sealed: ${claim('account')} at ${claim('slot')}, under the root of ${claim('rootDay')}, ${claim('root')}`,
    ),
  );
  io.stderr.write('\n');
  if (claim('token') !== '')
    io.stderr.write(
      stampNote({
        of: claim('token').replace(/tst$/, 'txt'),
        signedAt: claim('signedAt'),
        authority: claim('authority'),
        isTrusted: authority !== undefined,
      }),
    );
  if (expected === undefined)
    io.stderr.write('compare this root with one kept elsewhere: --expect ROOT does that\n');
  return 0;
}
