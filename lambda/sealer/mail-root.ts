import { DAY, formatSecond, type Instant } from '../core/instant.ts';
import { dayName, lastSealable } from '../core/seal.ts';
import type { Mail, SealerParts, SealerSettings } from './ports.ts';
import type { SealReport } from './seal-days.ts';

/**
 * Mails the root of the last day of a month, where this run sealed it, or where it is the newest day that could be sealed at `at`: so
 * a run that is tried again after a mail was not sent sends it. One mail a run, that of the newest such day.
 *
 * @throws CodedError `mail.unsent`, or `ledger.*` if the newest seal cannot be read.
 */
export async function mailRoot(
  at: Instant,
  mail: Mail,
  { sealed }: SealReport,
  { timeZone }: SealerSettings,
  { ledger, log }: SealerParts,
): Promise<void> {
  const last = lastSealable(timeZone, at);
  const newest = await ledger.newestSeal(last);
  const current = newest?.from === last ? [{ day: dayName(newest), root: newest.root }] : [];
  const due = [...sealed, ...current].findLast(({ day }) => isLastOfMonth(day));
  if (due === undefined) return;
  const { day, root } = due;
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

function isLastOfMonth(day: string): boolean {
  return formatSecond(Date.parse(`${day}T00:00:00Z`) + DAY).slice(8, 10) === '01';
}
