import type { AccountName } from '../../lambda/core/account.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { NumberColumn } from './numbers.ts';
import type {
  AccountRecord,
  Column,
  Kind,
  Lack,
  Moment,
  PriceColumn,
  PriceRecord,
  ReportRecord,
  Tally,
} from './record.ts';

/*
 * How a page stores its record: in columns, run-length encoded. A year of hourly slots is one run; amounts and prices are
 * written only where they change, see `numbers.ts`. It is read by the same version that wrote it, from the same file.
 */

/** A record in JSON. */
interface Encoded extends Omit<ReportRecord, 'accounts' | 'prices'> {
  readonly accounts: readonly EncodedAccount[];
  readonly prices: readonly EncodedPrices[];
}

/** Runs of evenly spaced slots: the first and the step, in seconds, and the count. */
type EncodedSlots = readonly (readonly [first: number, step: number, count: number])[];

interface EncodedPrices {
  readonly region: Region;
  readonly slots: EncodedSlots;
  /** Each market's name, prices, and the times of its last trades if any are long ago. */
  readonly markets: readonly (readonly [name: string, price: string, tradedAt?: string])[];
}

interface EncodedAccount {
  readonly account: AccountName;
  /** `to` is null for a closing without an end. */
  readonly closings: readonly (readonly [from: Instant, to: Instant | null])[];
  readonly counts: Tally;
  /** How many of the moments below are of the end. */
  readonly end: number;
  readonly slots: EncodedSlots;
  /** Runs of outcomes: EXPECTED, OTHER, or 2 + an index into `lacks`, and the count. */
  readonly outcomes: readonly (readonly [what: number, count: number])[];
  readonly lacks: readonly Lack[];
  /** How long after its slot each snapshot was observed, in milliseconds. */
  readonly delays: readonly number[];
  readonly currencies: readonly EncodedColumn[];
}

type EncodedColumn = readonly [
  name: string,
  balance: string,
  locked: string,
  avgBuyPrice: string,
  kinds: readonly Kind[],
];

const EXPECTED = 0;
const OTHER = 1;
const FIRST_LACK = 2;

/** JSON safe inside a script element: nothing in it can end the element or the line. */
export function encodeRecord(record: ReportRecord): string {
  const encoded: Encoded = {
    ...record,
    accounts: record.accounts.map(encodeAccount),
    prices: [...record.prices].map(([region, its]) => encodePrices(region, its)),
  };
  return JSON.stringify(encoded).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The inverse of {@link encodeRecord}. */
export function decodeRecord(text: string): ReportRecord {
  const encoded: Encoded = JSON.parse(text);
  return {
    ...encoded,
    accounts: encoded.accounts.map(decodeAccount),
    prices: new Map(encoded.prices.map((its) => [its.region, decodePrices(its)])),
  };
}

function encodeAccount(record: AccountRecord): EncodedAccount {
  const { account, closings, counts, end, currencies } = record;
  const moments = [...record.moments, ...end];
  const lacks = new Map<string, number>();
  const outcomes: [number, number][] = [];
  for (const moment of moments) {
    const what = encodeOutcome(moment, lacks);
    const last = outcomes.at(-1);
    if (last?.[0] === what) last[1] += 1;
    else outcomes.push([what, 1]);
  }
  return {
    account,
    closings: closings.map(({ from, to }) => [from, to < Infinity ? to : null]),
    counts,
    end: end.length,
    slots: stretches(moments.map(({ slot }) => slot / SECOND)),
    outcomes,
    lacks: [...lacks.keys()].map((lack) => JSON.parse(lack)),
    delays: moments.flatMap((moment) =>
      moment.kind === 'snapshot' ? [moment.observedAt - moment.slot] : [],
    ),
    currencies: [...currencies].map(([name, { balance, locked, avgBuyPrice, kinds }]) => [
      name,
      balance.text,
      locked.text,
      avgBuyPrice.text,
      kinds,
    ]),
  };
}

function encodeOutcome(moment: Moment, lacks: Map<string, number>): number {
  if (moment.kind === 'snapshot') return moment.expected ? EXPECTED : OTHER;
  const { slot: _, ...lack } = moment;
  const text = JSON.stringify(lack);
  const place = lacks.get(text) ?? lacks.size;
  lacks.set(text, place);
  return FIRST_LACK + place;
}

function stretches(seconds: readonly number[]): [number, number, number][] {
  const found: [number, number, number][] = [];
  for (const second of seconds) {
    const last = found.at(-1);
    if (last !== undefined && last[2] === 1) last[1] = second - last[0];
    if (last !== undefined && second === last[0] + last[1] * last[2]) last[2] += 1;
    else found.push([second, 0, 1]);
  }
  return found;
}

function encodePrices(region: Region, { slots, markets }: PriceRecord): EncodedPrices {
  return {
    region,
    slots: stretches(slots.map((slot) => slot / SECOND)),
    markets: [...markets].map(([name, { price, tradedAt }]) =>
      tradedAt === undefined ? [name, price.text] : [name, price.text, tradedAt.text],
    ),
  };
}

function decodePrices({ slots, markets }: EncodedPrices): PriceRecord {
  return {
    slots: instants(slots),
    markets: new Map(
      markets.map(([name, price, tradedAt]): [string, PriceColumn] => [
        name,
        {
          price: new NumberColumn(price),
          tradedAt: tradedAt === undefined ? undefined : new NumberColumn(tradedAt),
        },
      ]),
    ),
  };
}

function decodeAccount(encoded: EncodedAccount): AccountRecord {
  const moments = decodeMoments(encoded);
  const end = moments.splice(moments.length - encoded.end);
  return {
    account: encoded.account,
    closings: encoded.closings.map(([from, to]) => ({ from, to: to ?? Infinity })),
    counts: encoded.counts,
    moments,
    end,
    currencies: new Map(encoded.currencies.map(decodeColumn)),
  };
}

function decodeMoments({ slots, outcomes, lacks, delays }: EncodedAccount): Moment[] {
  const whats = outcomes.flatMap(([what, count]) => Array.from({ length: count }, () => what));
  let index = 0;
  return instants(slots).map((slot, place): Moment => {
    const what = whats[place] ?? EXPECTED;
    const lack = lacks[what - FIRST_LACK];
    if (lack !== undefined) return { slot, ...lack };
    const observedAt = slot + (delays[index] ?? 0);
    index += 1;
    return { kind: 'snapshot', slot, expected: what === EXPECTED, observedAt, index: index - 1 };
  });
}

function instants(slots: EncodedSlots): Instant[] {
  return slots.flatMap(([first, step, count]) =>
    Array.from({ length: count }, (_, index) => (first + step * index) * SECOND),
  );
}

function decodeColumn([name, balance, locked, avgBuyPrice, kinds]: EncodedColumn): [string, Column] {
  return [
    name,
    {
      balance: new NumberColumn(balance),
      locked: new NumberColumn(locked),
      avgBuyPrice: new NumberColumn(avgBuyPrice),
      kinds,
    },
  ];
}
