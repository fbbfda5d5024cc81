import { CodedError } from '../core/error.ts';
import { DAY, formatSecond, type Instant, MINUTE } from '../core/instant.ts';
import { dayName, rootText } from '../core/seal.ts';
import type { RunParts, StampableLedger, TimestampAuthority } from './ports.ts';

/** How long a run asks an authority, in all: a slow one must not cost the run its time limit. In milliseconds. */
const PATIENCE = MINUTE;

/** What stamping needs of a run. */
type StampParts = Pick<RunParts, 'clock' | 'sha256' | 'log'> & { readonly ledger: StampableLedger };

/**
 * Has an authority sign each seal of a day at or after `from` that has no token yet. The newest comes first: its token is over
 * the root before it too, and so over every day before. An authority that does not sign is logged, and asked again by the next run.
 *
 * @returns how many seals got a token.
 * @throws CodedError `ledger.*` if the seals cannot be read or written.
 */
export async function stampSeals(
  from: Instant,
  authority: TimestampAuthority,
  { ledger, clock, sha256, log }: StampParts,
): Promise<number> {
  const end = clock.now() + PATIENCE;
  let stamped = 0;
  for (const unstamped of [...(await ledger.unstamped(from))].reverse()) {
    const { seal } = unstamped;
    const told = { message: 'timestamp', day: dayName(seal), root: seal.root } as const;
    const text = rootText(seal.previous, seal.accounts);
    // A seal that contradicts itself: a token would be over another root than the one it names.
    if (sha256(text) !== seal.root) continue;
    if (clock.now() >= end) break;
    try {
      const { token, timestamp } = await authority.sign(text, seal.from + DAY);
      // Another run at the same time may have added one: that stays.
      if (!(await ledger.stamp(unstamped, token))) continue;
      stamped += 1;
      const { at, authority: name } = timestamp;
      log({ level: 'INFO', ...told, authority: name, signedAt: formatSecond(at) });
    } catch (error) {
      if (!(error instanceof CodedError) || !error.code.startsWith('timestamp.')) throw error;
      log({ level: 'WARN', ...told, detail: error.message });
      break;
    }
  }
  return stamped;
}
