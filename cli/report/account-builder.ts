import type { AccountName } from '../../lambda/core/account.ts';
import type { Stretch } from '../../lambda/core/catalog.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { ColumnBuilder, type Lines } from './columns.ts';
import type { Reading } from './moments.ts';
import {
  type AccountRecord,
  isAlike,
  isHole,
  type Lacking,
  lastSlot,
  type Moment,
  type Taken,
  type Tally,
} from './record.ts';
import { intervalOf } from './thinning.ts';

/** About how many characters a moment takes in the page: an observation's delay, or one more run of outcomes. */
const MOMENT_LENGTH = 6;
/** About how many more a line in the list of gaps takes. */
const GAP_LENGTH = 400;

/** A snapshot that is shown only if no newer one is found in its interval. */
interface Pending {
  readonly moment: Omit<Taken, 'index'>;
  readonly lines: () => Lines;
  /** What was found since. */
  readonly tail: Moment[];
}

/** What is shown so far. */
interface Shown {
  readonly moments: Moment[];
  readonly columns: ColumnBuilder;
  /** The last snapshot among the moments. */
  last: Instant | undefined;
  pending: Pending | undefined;
  gaps: number;
}

/**
 * Builds the record of one account from its moments, as they are read. Once an interval is set, it holds only what
 * `thinning.ts` says, so memory is bounded by what the page shows; the counts cover everything.
 */
export class AccountBuilder {
  readonly account: AccountName;
  readonly #closings: readonly Stretch[];
  readonly #to: Instant;
  readonly #timeZone: TimeZone;
  readonly #counts = { expected: 0, taken: 0, failed: 0, missing: 0, unreadable: 0, open: 0 };
  readonly #end: Reading[] = [];
  #interval = 0;
  #shown = nothing();

  /** @param to the end of the range, exclusive. */
  constructor(account: AccountName, closings: readonly Stretch[], to: Instant, timeZone: TimeZone) {
    this.account = account;
    this.#closings = closings;
    this.#to = to;
    this.#timeZone = timeZone;
  }

  /** About how many characters it takes in the page. */
  get length(): number {
    const { columns, moments, gaps } = this.#shown;
    return columns.length + MOMENT_LENGTH * moments.length + GAP_LENGTH * gaps;
  }

  /** How many moments are shown. */
  get size(): number {
    const { moments, pending } = this.#shown;
    return moments.length + (pending === undefined ? 0 : 1 + pending.tail.length);
  }

  /** The slots of the snapshots that are shown. */
  *slots(): Generator<Instant> {
    const { moments, pending } = this.#shown;
    const end = this.#end.map(({ moment }) => moment);
    for (const { kind, slot } of [...moments, ...(pending === undefined ? [] : [pending.moment]), ...end])
      if (kind === 'snapshot') yield slot;
  }

  /** The currencies that are shown, and the units of their average prices. */
  names(): ReadonlySet<string> {
    const { columns, pending } = this.#shown;
    const end = this.#end.flatMap((reading) => ('balances' in reading ? reading.balances : []));
    const lines = [...(pending?.lines() ?? []), ...end];
    return new Set([...columns.names(), ...lines.flatMap((line) => [line.currency, line.unitCurrency])]);
  }

  /** Adds the next moment. Those at or after the end of the range are kept apart, and not counted. */
  add(reading: Reading): void {
    const { moment } = reading;
    if (moment.slot >= this.#to) {
      this.#end.push(reading);
      return;
    }
    this.#count(moment);
    if ('balances' in reading) this.#take(reading.moment, () => reading.balances);
    else this.#lack(reading.moment);
  }

  /** Thins to a longer interval: as if it had been set from the beginning. */
  thin(interval: number): void {
    const { moments, columns, pending } = this.#shown;
    this.#interval = interval;
    this.#shown = nothing();
    const linesAt = columns.reader();
    const again = (moment: Moment) => {
      if (moment.kind !== 'snapshot') return this.#lack(moment);
      // Read out now, because a pending snapshot would keep all of these columns in memory.
      const lines = linesAt(moment.index);
      this.#take(moment, () => lines);
    };
    for (const moment of moments) again(moment);
    if (pending === undefined) return;
    this.#take(pending.moment, pending.lines);
    for (const moment of pending.tail) again(moment);
  }

  /** The record so far. */
  build(): AccountRecord {
    const { moments, pending } = this.#shown;
    const columns = new ColumnBuilder(this.#shown.columns);
    const index = (moment: Omit<Taken, 'index'>, lines: Lines): Taken => {
      columns.add(lines);
      return { ...moment, index: columns.snapshots - 1 };
    };
    const newest = pending === undefined ? [] : [index(pending.moment, pending.lines()), ...pending.tail];
    const end = this.#end.map((reading) =>
      'balances' in reading ? index(reading.moment, reading.balances) : reading.moment,
    );
    return {
      account: this.account,
      closings: this.#closings,
      counts: { ...this.#counts },
      moments: [...moments, ...newest],
      end,
      currencies: columns.build(),
    };
  }

  #take(moment: Omit<Taken, 'index'>, lines: () => Lines): void {
    const { columns, moments, last, pending } = this.#shown;
    // A newer snapshot came, so the one before is not the newest, and what was found since may be listed together.
    this.#shown.pending = undefined;
    for (const found of pending?.tail ?? []) if (found.kind !== 'snapshot') this.#lack(found);
    if (last !== undefined && this.#intervalOf(last) === this.#intervalOf(moment.slot)) {
      this.#shown.pending = { moment, lines, tail: [] };
      return;
    }
    columns.add(lines());
    moments.push({ ...moment, index: columns.snapshots - 1 });
    this.#shown.last = moment.slot;
  }

  #lack(lacking: Lacking): void {
    const { pending, moments } = this.#shown;
    const found = pending?.tail ?? moments;
    const place = this.#interval === 0 ? -1 : this.#placeOfAlike(found, lacking);
    const alike = found[place];
    if (alike !== undefined && alike.kind !== 'snapshot') {
      found[place] = { ...alike, count: alike.count + lacking.count, span: lastSlot(lacking) - alike.slot };
      return;
    }
    if (!isAlike(found.at(-1), lacking)) this.#shown.gaps += 1;
    found.push(lacking);
  }

  /** The place of what this is to be listed with: alike, of the same interval, and with no snapshot between. */
  #placeOfAlike(found: readonly Moment[], lacking: Lacking): number {
    for (let place = found.length - 1; place >= 0; place -= 1) {
      const moment = found[place];
      if (moment === undefined || moment.kind === 'snapshot' || moment.kind === 'pause') break;
      if (this.#intervalOf(moment.slot) !== this.#intervalOf(lacking.slot)) break;
      if (isAlike(moment, lacking) && moment.every === lacking.every) return place;
    }
    return -1;
  }

  #intervalOf(instant: Instant): number {
    return intervalOf(instant, this.#interval, this.#timeZone);
  }

  #count(moment: Omit<Taken, 'index'> | Lacking): void {
    if (!moment.expected) return;
    this.#counts.expected += 1;
    this.#counts[outcomeOf(moment)] += 1;
  }
}

function outcomeOf(moment: Omit<Taken, 'index'> | Lacking): Exclude<keyof Tally, 'expected'> {
  if (moment.kind === 'snapshot') return 'taken';
  if (moment.kind === 'unreadable') return 'unreadable';
  if (!isHole(moment)) return 'open';
  return moment.kind === 'failure' ? 'failed' : 'missing';
}

function nothing(): Shown {
  return { moments: [], columns: new ColumnBuilder(), last: undefined, pending: undefined, gaps: 0 };
}
