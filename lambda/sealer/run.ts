import type { Instant } from '../core/instant.ts';
import { oldestSealable } from '../core/seal.ts';
import { mailRoot } from './mail-root.ts';
import type { RunParts, SealerSettings } from './ports.ts';
import { type SealReport, sealDays } from './seal-days.ts';
import { stampSeals } from './stamp-seals.ts';

/** What a run did. */
export interface SealerReport extends SealReport {
  /** How many seals got a time-stamp token; absent without an authority. */
  readonly stamped?: number;
}

/**
 * One run: seals days, has an authority sign what has no token, and mails the last root of a month. The seals come first: neither an
 * authority nor a mail holds them up.
 *
 * @throws CodedError `ledger.*` or `mail.unsent`; what was done by then stays.
 */
export async function runSealer(
  at: Instant,
  settings: SealerSettings,
  parts: RunParts,
): Promise<SealerReport> {
  const { authority, mail } = parts;
  const sealed = await sealDays(at, settings, parts);
  const oldest = oldestSealable(settings.timeZone, at);
  const stamped = authority && (await stampSeals(oldest, authority, parts));
  if (mail !== undefined) await mailRoot(at, mail, settings, parts);
  return stamped === undefined ? sealed : { ...sealed, stamped };
}
