import type { AccountName } from '../../lambda/core/account.ts';
import type { GapStretch } from '../../lambda/history/gap-stretches.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { table } from './table.ts';
import { withoutSeconds, zoned } from './zoned.ts';

/** How many accounts are named; more are counted. */
const NAMED = 3;

/** The length of `2026-03-31T00:00`. */
const DATE_AND_TIME = 16;

/** A table of joined gaps: first and last slot, how many, why, and which accounts. Empty if there are none. */
export function gapTable(
  stretches: readonly GapStretch[],
  asked: readonly AccountName[],
  { simulated, width, timeZone }: TableStyle,
): string {
  if (stretches.length === 0) return '';
  const rows = stretches.map(({ from, to, count, reason, accounts }) => [
    withoutSeconds(zoned(from, timeZone)),
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
        // What is left of it is in the zone of the column beside it.
        { title: 'to', align: 'text', short: { cell: (to) => to.slice(0, DATE_AND_TIME) }, leftOut: 1 },
        { title: 'slots', align: 'number' },
        { title: 'reason', align: 'text' },
        {
          title: 'accounts',
          align: 'text',
          short: { cell: (named, row) => countOf(stretches[row], asked) ?? named },
        },
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

/** `3 of 36`; undefined for a single account. */
function countOf(
  { accounts }: Pick<GapStretch, 'accounts'> = { accounts: [] },
  asked: readonly AccountName[],
) {
  return accounts.length > 1 && accounts.length < asked.length
    ? `${accounts.length} of ${asked.length}`
    : undefined;
}

/** The end of a stretch: only the time of day if it is on the day on which it begins. */
function after(from: string, to: string): string {
  const short = withoutSeconds(to);
  return from.slice(0, 10) === to.slice(0, 10) ? short.slice(11, 16) : short;
}
