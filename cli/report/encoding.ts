import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { AccountRecord, Column, Lack, Moment, Repeat, ReportRecord, Tally } from './record.ts';

/*
 * How a page stores its record: in columns, run-length encoded. A year of hourly slots is one run; an amount is written
 * only where it changes. It is read by the same version that wrote it, from the same file.
 */

/** A record in JSON. */
interface Encoded extends Omit<ReportRecord, 'accounts'> {
  readonly accounts: readonly EncodedAccount[];
}

interface EncodedAccount {
  readonly account: string;
  /** `to` is null for a closing without an end. */
  readonly closings: readonly (readonly [from: Instant, to: Instant | null])[];
  readonly counts: Tally;
  /** How many of the moments below are of the end. */
  readonly end: number;
  /** Runs of evenly spaced slots: the first and the step, in seconds, and the count. */
  readonly slots: readonly (readonly [first: number, step: number, count: number])[];
  /** Runs of outcomes: EXPECTED, OTHER, or 2 + an index into `lacks`, and the count. */
  readonly outcomes: readonly (readonly [what: number, count: number])[];
  readonly lacks: readonly Lack[];
  /** How long after its slot each snapshot was observed, in milliseconds. */
  readonly delays: readonly number[];
  /** Each currency's name and repeats, see {@link encodeRepeats}. */
  readonly currencies: readonly (readonly [name: string, repeats: string])[];
}

const EXPECTED = 0;
const OTHER = 1;
const FIRST_LACK = 2;
const NOT_LISTED = '-';

/** JSON safe inside a script element: nothing in it can end the element or the line. */
export function encodeRecord(record: ReportRecord): string {
  const encoded: Encoded = { ...record, accounts: record.accounts.map(encodeAccount) };
  return JSON.stringify(encoded).replace(
    /[<>&\u2028\u2029]/g,
    (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** The inverse of {@link encodeRecord}. */
export function decodeRecord(text: string): ReportRecord {
  const encoded: Encoded = JSON.parse(text);
  return { ...encoded, accounts: encoded.accounts.map(decodeAccount) };
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
    currencies: [...currencies].map(([name, { repeats }]) => [name, encodeRepeats(repeats)]),
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

/**
 * Runs as words: the number of snapshots, omitted for one, and what they list, e.g. `3*0.5 0.25+0.25 2*-`: three with
 * 0.5, one with 0.25 and 0.25 locked, two without the currency.
 */
function encodeRepeats(repeats: readonly Repeat[]): string {
  let from = 0;
  const words = repeats.map(({ until, holding }) => {
    const count = until - from;
    from = until;
    const what =
      holding === undefined
        ? NOT_LISTED
        : holding.available + (holding.locked === '0' ? '' : `+${holding.locked}`);
    return count === 1 ? what : `${count}*${what}`;
  });
  return words.join(' ');
}

function decodeRepeats(text: string): Repeat[] {
  let until = 0;
  if (text === '') return [];
  return text.split(' ').map((word) => {
    const star = word.indexOf('*');
    until += star === -1 ? 1 : Number(word.slice(0, star));
    const what = word.slice(star + 1);
    if (what === NOT_LISTED) return { until, holding: undefined };
    const [available = '', locked = '0'] = what.split('+');
    return { until, holding: { available, locked } };
  });
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
    currencies: new Map(encoded.currencies.map(([name, text]) => [name, decodeColumn(text)])),
  };
}

function decodeMoments({ slots, outcomes, lacks, delays }: EncodedAccount): Moment[] {
  const instants = slots.flatMap(([first, step, count]) =>
    Array.from({ length: count }, (_, index) => (first + step * index) * SECOND),
  );
  const whats = outcomes.flatMap(([what, count]) => Array.from({ length: count }, () => what));
  let index = 0;
  return instants.map((slot, place): Moment => {
    const what = whats[place] ?? EXPECTED;
    const lack = lacks[what - FIRST_LACK];
    if (lack !== undefined) return { slot, ...lack };
    const observedAt = slot + (delays[index] ?? 0);
    index += 1;
    return { kind: 'snapshot', slot, expected: what === EXPECTED, observedAt, index: index - 1 };
  });
}

/** Decoded on first use, because a page opens with only one currency. */
function decodeColumn(text: string): Column {
  let repeats: readonly Repeat[] | undefined;
  return {
    get repeats() {
      repeats ??= decodeRepeats(text);
      return repeats;
    },
  };
}
