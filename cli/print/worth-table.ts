import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { addSums, gainOf, type Holding, type Sum } from '../../lambda/core/worth.ts';
import type { Worth } from '../../lambda/history/worth.ts';
import type { PointSum } from '../../lambda/history/worth-sums.ts';
import { SIMULATED, type TableStyle } from './balance-table.ts';
import { money, price, share } from './money.ts';
import { type Column, captionOf, table } from './table.ts';
import { withoutSeconds, zoned } from './zoned.ts';

/** How tables of worth are printed. */
export interface WorthStyle extends TableStyle {
  /** The currency in which worth is given. */
  readonly unit: string;
}

/** A column of an account's table, and what it says of a holding and of the sum. */
interface WorthColumn extends Column {
  readonly of: (holding: Holding, sum: Sum, unit: string) => string;
  readonly ofSum?: (sum: Sum, unit: string) => string;
}

/** What stands where a price, and so a value, is unknown. */
const UNKNOWN = 'unknown';

const COLUMNS: readonly WorthColumn[] = [
  { title: 'currency', align: 'text', of: ({ balance }) => balance.currency, ofSum: () => 'sum' },
  { title: 'held', align: 'number', of: ({ total }) => formatDecimal(total) },
  {
    title: 'price',
    align: 'number',
    of: ({ way }) => (way === undefined ? '' : price(way.price)),
    leftOut: 1,
  },
  { title: 'via', align: 'text', of: ({ way }) => way?.via ?? '', leftOut: 3 },
  {
    title: 'value',
    align: 'number',
    of: ({ value }, _, unit) => (value === undefined ? UNKNOWN : money(value, unit)),
    ofSum: ({ value }, unit) => (value === undefined ? UNKNOWN : money(value, unit)),
  },
  {
    title: 'share',
    align: 'number',
    of: ({ value }, sum) => (value && sum.value ? share(value, sum.value) : ''),
    leftOut: 2,
  },
  {
    title: 'Upbit cost',
    align: 'number',
    of: ({ cost }, _, unit) => (cost === undefined ? '' : money(cost, unit)),
    leftOut: 4,
  },
  {
    title: 'gain',
    align: 'number',
    of: (holding, _, unit) => {
      const gain = gainOf(holding);
      return gain === undefined ? '' : money(gain, unit);
    },
    leftOut: 4,
  },
];

/** A table of what one account was worth, under a caption; its last row is the sum. */
export function worthTable({ account, snapshot, holdings, sum }: Worth, style: WorthStyle): string {
  const { unit, width, simulated, timeZone } = style;
  const caption = captionOf(
    [
      account,
      ...(simulated ? [SIMULATED] : []),
      `slot ${zoned(snapshot.slot, timeZone)}`,
      `worth in ${unit}`,
    ],
    width,
  );
  if (holdings.length === 0) return `${caption}(empty)\n`;
  const rows = [
    ...holdings.map((holding) => COLUMNS.map((column) => column.of(holding, sum, unit))),
    COLUMNS.map((column) => column.ofSum?.(sum, unit) ?? ''),
  ];
  return caption + table(COLUMNS, rows, width);
}

/** A table of what several accounts were worth: each, each region with several, and all. */
export function accountSums({ accounts, sum }: PointSum, { unit, width, simulated }: WorthStyle): string {
  const rowOf = (title: string, part: Sum) => [
    title,
    part.value === undefined ? UNKNOWN : money(part.value, unit),
    part.value && sum.value ? share(part.value, sum.value) : '',
    part.unpriced.join(' '),
  ];
  const regions = byRegion(accounts);
  return (
    captionOf([...(simulated ? [SIMULATED] : []), `worth in ${unit}`], width) +
    table(
      [
        { title: 'account', align: 'text' },
        { title: 'value', align: 'number' },
        { title: 'share', align: 'number' },
        { title: 'without a price', align: 'text' },
      ],
      [
        ...[...accounts].map(([account, part]) => rowOf(account, part)),
        ...(regions.length > 1
          ? regions
              .filter(([, parts]) => parts.length > 1)
              .map(([region, parts]) => rowOf(region, addSums(parts)))
          : []),
        rowOf('all', sum),
      ],
      width,
    )
  );
}

/** How many columns of accounts, or else of regions, a table over time has beside that of all. */
const MOST_COLUMNS = 4;

/** A table of what accounts were worth over time: one row for each point, one column for each account, or region, and for all. */
export function worthOverTime(
  points: readonly PointSum[],
  accounts: readonly AccountName[],
  { unit, width, simulated, timeZone }: WorthStyle,
): string {
  const regions = [...new Set(accounts.map(regionOf))];
  const parts: readonly string[] =
    accounts.length <= MOST_COLUMNS ? accounts : regions.length <= MOST_COLUMNS ? regions : [];
  const columns = parts.length > 1 ? parts : [];
  const text = (sum: Sum | undefined) =>
    sum === undefined ? '' : sum.value === undefined ? UNKNOWN : money(sum.value, unit);
  const rows = points.map(({ slot, sum, accounts: counted }) => [
    zoned(slot, timeZone),
    ...columns.map((part) => {
      const its = [...counted].filter(([account]) => account === part || regionOf(account) === part);
      return text(its.length === 0 ? undefined : addSums(its.map(([, one]) => one)));
    }),
    text(sum),
    sum.unpriced.join(' '),
  ]);
  return (
    captionOf(
      [...(parts.length === 1 ? parts : []), ...(simulated ? [SIMULATED] : []), `worth in ${unit}`],
      width,
    ) +
    table(
      [
        { title: 'slot', align: 'text', short: { cell: withoutSeconds } },
        ...columns.map((title) => ({ title, align: 'number' as const, leftOut: 1 })),
        { title: columns.length === 0 ? 'value' : 'all', align: 'number' },
        { title: 'without a price', align: 'text', short: { title: 'no price', cell: firstAndCount } },
      ],
      rows,
      width,
    )
  );
}

/** `ADA +8` of nine currencies with spaces between; one stays as it is. */
function firstAndCount(currencies: string): string {
  const [first = '', ...more] = currencies.split(' ');
  return more.length === 0 ? first : `${first} +${more.length}`;
}

function byRegion(accounts: ReadonlyMap<AccountName, Sum>): [string, Sum[]][] {
  const regions = new Map<string, Sum[]>();
  for (const [account, sum] of accounts) {
    const region = regionOf(account);
    regions.set(region, [...(regions.get(region) ?? []), sum]);
  }
  return [...regions];
}
