import { existsSync } from 'node:fs';
import type { DemoTrouble } from '../../infra/local/demo-check.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { LOCAL_TABLE, localDirectory } from '../ledger/local-ledger.ts';
import { judgeReport } from './check-report.ts';
import type { Finding } from './finding.ts';
import { lookAtLocalRecords } from './local-records.ts';
import { judgeKeys } from './secret.ts';
import { toldOnce } from './told-once.ts';

/**
 * Checks the demo: its ledger, and the keys of its simulated Upbit, optionally with a simulated problem.
 *
 * @throws CodedError `ledger.unavailable` if there is no demo yet, `ledger.busy`.
 */
export async function examineDemo(
  trouble: DemoTrouble | undefined,
  root: string,
  now: Instant,
): Promise<readonly Finding[]> {
  const directory = localDirectory(root, 'demo');
  if (!existsSync(directory))
    throw new CodedError('ledger.unavailable', 'no demo ledger yet: run npm start first');
  const { checkDemo } = await import('../../infra/local/demo-check.ts');
  const { reader, stored, keys, report, close } = await checkDemo({
    directory,
    tableName: LOCAL_TABLE,
    trouble,
    now,
  });
  try {
    return toldOnce([
      ...(await lookAtLocalRecords({ reader, stored, start: 'npm start' }, now)),
      ...judgeKeys(keys, undefined, 'In the demo there is nothing to do.'),
      ...(judgeReport(report).value ?? []),
    ]);
  } finally {
    await close();
  }
}
