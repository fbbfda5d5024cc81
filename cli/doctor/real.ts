import { existsSync } from 'node:fs';
import type { Instant } from '../../lambda/core/instant.ts';
import { TIME_LIMIT } from '../../lambda/core/time-limit.ts';
import type { Environment } from '../ledger/deployment.ts';
import { readKeyFile } from '../ledger/key-file.ts';
import { openRealCollector } from '../ledger/local-collector.ts';
import { localDirectory } from '../ledger/local-ledger.ts';
import { shellWord } from '../print/shell-word.ts';
import { judgeReport } from './check-report.ts';
import type { Finding } from './finding.ts';
import { lookAtLocalRecords } from './local-records.ts';
import { judgeKeys } from './secret.ts';
import { toldOnce } from './told-once.ts';

/**
 * Checks the real Upbit from this machine with the keys in a file, and the local ledger of real data if there is one.
 * Stores nothing.
 *
 * @throws CodedError `file.invalid`, `environment.invalid`, `ledger.busy`, and what a check throws.
 */
export async function examineReal(
  keyFile: string,
  environment: Environment,
  root: string,
  now: Instant,
): Promise<readonly Finding[]> {
  const keys = readKeyFile(keyFile);
  const directory = localDirectory(root, 'real');
  const { collector, reader, stored, close } = await openRealCollector(
    keys,
    existsSync(directory) ? directory : undefined,
    environment,
  );
  try {
    const start = `npm start -- --keys ${shellWord(keyFile)}`;
    return toldOnce([
      ...(await lookAtLocalRecords({ reader, stored, start }, now)),
      ...judgeKeys(keys, undefined, 'Write them into the file.'),
      ...(judgeReport(await collector({ check: true }, now + TIME_LIMIT)).value ?? []),
    ]);
  } finally {
    await close();
  }
}
