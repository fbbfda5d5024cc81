import { join } from 'node:path';

/** The name of the table in both local ledgers. */
export const LOCAL_TABLE = 'ledger';

/** The folder of the local ledgers, under the project's root. */
export const LOCAL_FOLDER = '.local';

/** `demo` holds only simulated data, `real` only real data. */
export type LocalLedger = 'demo' | 'real';

/** Where a local ledger is kept, under the project's root. */
export function localDirectory(root: string, ledger: LocalLedger): string {
  return join(root, LOCAL_FOLDER, ledger);
}
