import { DAY, type Instant, MINUTE } from '../core/instant.ts';
import { dayName, lastSealable, type Seal } from '../core/seal.ts';
import type { TimeZone } from '../core/slots.ts';
import type { Mail, SealerParts, SealerSettings } from './ports.ts';

/** How far our clock may be behind that of the Scheduler. */
const CLOCK_ALLOWANCE = MINUTE;

/**
 * Mails the root of the newest day that is the last of its month, if it was sealed for this event: by this run, or by one before it
 * that failed later. An event that is tried again after a mail was not sent sends it.
 *
 * @param at the time of the event.
 * @throws CodedError `mail.unsent`, or `ledger.*` if the seal cannot be read.
 */
export async function mailRoot(
  at: Instant,
  mail: Mail,
  { timeZone }: SealerSettings,
  { ledger, log }: SealerParts,
): Promise<void> {
  const seal = await ledger.newestSeal(lastOfMonth(timeZone, lastSealable(timeZone, at)));
  if (seal === undefined || seal.sealedAt < at - CLOCK_ALLOWANCE || !isLastOfMonth(seal)) return;
  const [day, { root }] = [dayName(seal), seal];
  await mail.send(
    `Ledger root ${day}: ${root}`,
    `The root of the ledger's seals up to ${day} (${timeZone}) is

${root}

Keep this mail. With it you can prove later that nothing recorded up to that day has been changed:

balances verify --expect ${root}
`,
  );
  log({ level: 'INFO', message: 'mail', day, root });
}

/** The first instant of the newest day up to this one that is the last of its month. */
function lastOfMonth(timeZone: TimeZone, day: Instant): Instant {
  let from = day;
  while (!isLastOfMonth({ from, timeZone })) from -= DAY;
  return from;
}

function isLastOfMonth({ from, timeZone }: Pick<Seal, 'from' | 'timeZone'>): boolean {
  return dayName({ from: from + DAY, timeZone }).endsWith('-01');
}
