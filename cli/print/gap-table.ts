import type { AccountName } from '../../lambda/core/account.ts';
import type { GapStretch } from '../../lambda/history/gap-stretches.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { table } from './table.ts';
import { zoned } from './zoned.ts';

/** How many accounts are named; more are counted. */
const NAMED = 3;

/** A table of joined gaps: first and last slot, how many, why, and which accounts. Empty if there are none. */
export function gapTable(
  stretches: readonly GapStretch[],
  asked: readonly AccountName[],
  { simulated, width, timeZone }: TableStyle,
): string {
  if (stretches.length === 0) return '';
  const rows = stretches.map(({ from, to, count, reason, accounts }) => [
    compact(zoned(from, timeZone)),
    from === to ? '' : after(zoned(from, timeZone), zoned(to, timeZone)),
    String(count),
    reason,
    accountsIn(accounts, asked),
  ]);
  return (
    (simulated ? `${SIMULATED}\n` : '') +
    table(
      [
        { title: 'from', align: 'text' },
        { title: 'to', align: 'text' },
        { title: 'slots', align: 'number' },
        { title: 'reason', align: 'text' },
        { title: 'accounts', align: 'text' },
      ],
      rows,
      width,
    )
  );
}

function accountsIn(accounts: readonly AccountName[], asked: readonly AccountName[]): string {
  if (accounts.length > 1 && accounts.length === asked.length) return `all ${accounts.length}`;
  if (accounts.length <= NAMED) return accounts.join(', ');
  return `${accounts.slice(0, NAMED - 1).join(', ')} and ${accounts.length - NAMED + 1} more`;
}

/** Without seconds that are zero: two times, a reason and an account fit 80 characters. */
function compact(time: string): string {
  return time.slice(16, 19) === ':00' ? time.slice(0, 16) + time.slice(19) : time;
}

/** The end of a stretch: only the time of day if it is on the day on which it begins. */
function after(from: string, to: string): string {
  return from.slice(0, 10) === to.slice(0, 10) ? compact(to).slice(11, 16) : compact(to);
}
