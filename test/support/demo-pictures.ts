import type { Instant } from '../../lambda/core/instant.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { TERMINAL_COLUMNS, terminalPicture } from './terminal-picture.ts';
import { typed } from './typed.ts';

/** The command in each picture of a terminal. */
const COMMANDS = {
  'docs/terminal-latest.svg': 'latest --local',
  'docs/terminal-worth.svg': 'worth --local',
  'docs/terminal-gaps.svg': 'gaps --local --from 14d',
} as const;

/** The pictures of terminals in docs/, by path, as the demo draws them. */
export async function demoPictures(
  reader: LedgerReader,
  stored: StoredLedger,
  now: Instant,
): Promise<ReadonlyMap<string, string>> {
  const pictures = new Map<string, string>();
  for (const [path, command] of Object.entries(COMMANDS)) {
    const world = { now, stored, isTTY: true, columns: TERMINAL_COLUMNS };
    const { stdout, stderrText } = await typed(command, reader, world);
    pictures.set(path, terminalPicture(`npx balances ${command}`, stdout + stderrText));
  }
  return pictures;
}
