import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ClassicLevel } from 'classic-level';
import { CodedError } from '../../lambda/core/error.ts';
import { makePrivateFolder } from './private-folder.ts';
import { unusableFolder } from './unusable-folder.ts';

/** How often a waiting process retries, in milliseconds. */
const RETRY_AFTER = 100;

/**
 * Makes this process the only user of a directory, until the lock is released or the process ends in any way. It keeps
 * an empty LevelDB in the directory open, whose lock is the operating system's. The directory is created if missing, and
 * made private.
 *
 * @throws CodedError `ledger.busy` if another process still uses the directory after `waitMs`; `ledger.unavailable` if the
 * directory cannot be used at all.
 */
export async function lockDirectory(directory: string, waitMs: number): Promise<() => Promise<void>> {
  const path = join(directory, 'lock');
  try {
    makePrivateFolder(directory);
    mkdirSync(path, { recursive: true });
  } catch (error) {
    throw unusableFolder(directory, error);
  }
  const giveUp = Date.now() + waitMs;
  for (;;) {
    const lock = new ClassicLevel(path);
    try {
      await lock.open();
      return () => lock.close();
    } catch (error) {
      if (!isLocked(error)) throw unusableFolder(directory, error);
      if (Date.now() >= giveUp) {
        throw new CodedError(
          'ledger.busy',
          `another process is using ${directory}; wait until it ends, or stop it`,
          { cause: error },
        );
      }
      await setTimeout(RETRY_AFTER);
    }
  }
}

function isLocked(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && 'code' in cause && cause.code === 'LEVEL_LOCKED';
}
