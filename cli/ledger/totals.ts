import type { AccountName } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { CADENCES } from '../../lambda/core/slots.ts';
import { prefetchStreams } from '../../lambda/history/read-ahead.ts';
import { accountsAhead } from '../../lambda/history/read-range.ts';
import type { Range } from '../../lambda/history/reader.ts';
import { everListed, withSoldOut } from '../../lambda/history/sold-out.ts';
import { Totals } from '../print/balance-rows.ts';
import { note, simulatedClauses } from '../print/notes.ts';
import { type CurrencyOptions, unlistedNotes } from './currency.ts';
import type { RangeOptions } from './range.ts';
import type { Io, Session } from './session.ts';
import { type EveryOptions, readerOf, type Tally, tallyClauses, wholeRange } from './snapshots.ts';

/** How many snapshots are added up at a time, over all accounts: they bound the memory, whatever the range. */
const AT_A_TIME = 50_000;

/** What is known of an account as the range is read, part by part. */
interface Progress {
  readonly listed: Set<string>;
  tally: Tally;
}

/** The totals over accounts through a range. */
export interface HistoryTotals {
  /** One for each slot, or point, that has a snapshot, in order of time. Read them to the end, once. */
  readonly totals: AsyncIterable<Totals>;
  /** Once they are read: the lines for stderr, and whether an account that was expected is missing somewhere. */
  readonly end: () => { readonly lines: readonly string[]; readonly isComplete: boolean };
}

/**
 * Adds up the snapshots of the accounts, slot by slot, or at each point of a coarser grid. A currency that an account listed
 * before in the answer, and no longer does, counts as 0.
 *
 * @throws CodedError `usage.invalid` if `every` is not a multiple of every schedule in the range, and as the reader does.
 */
export function historyTotals(
  session: Session,
  accounts: readonly AccountName[],
  asked: Range,
  options: EveryOptions & CurrencyOptions & RangeOptions,
  io: Io,
): HistoryTotals {
  const range = wholeRange(session, asked, options);
  const read = readerOf(session, range, options.every, io);
  const { currency: currencies, every } = options;
  const of = new Map<AccountName, Progress>();

  async function* shown(account: AccountName, part: Range) {
    const its = of.get(account) ?? {
      listed: new Set(
        currencies === undefined ? [] : await everListed(session.reader, account, range.from, currencies),
      ),
      tally: NOTHING,
    };
    of.set(account, its);
    const snapshots = withSoldOut(read(account, part), its.listed);
    let next = await snapshots.next();
    for (; next.done !== true; next = await snapshots.next()) {
      for (const { currency } of next.value.snapshot.balances) its.listed.add(currency);
      yield next.value;
    }
    its.tally = plus(its.tally, next.value);
  }

  async function* totals(): AsyncGenerator<Totals> {
    for (const part of every === undefined ? partsOf(session, range, accounts.length) : [range]) {
      const points = new Map<Instant, Totals>();
      const ahead = accountsAhead(session, part);
      const streams = prefetchStreams(accounts, (account) => shown(account, part), ahead);
      for await (const [, snapshots] of streams) {
        for await (const { point, snapshot, soldOut } of snapshots) {
          const total = points.get(point) ?? new Totals(currencies);
          points.set(point, total);
          total.add(snapshot, soldOut);
        }
      }
      yield* [...points].sort(([a], [b]) => a - b).map(([, total]) => total);
    }
  }

  function end() {
    const lines = accounts.map((account) =>
      note(account, [
        ...simulatedClauses(session.simulated),
        ...tallyClauses(of.get(account)?.tally ?? NOTHING, every !== undefined),
      ]),
    );
    const listed = [...of.values()].flatMap((its) => [...its.listed]);
    const lacking = accounts.filter((account) => (of.get(account)?.tally.unmet ?? 0) > 0);
    const incomplete =
      lacking.length === 0
        ? []
        : [
            `the totals are not complete: ${lacking.join(', ')} ${lacking.length === 1 ? 'lacks' : 'lack'} snapshots\n`,
          ];
    return {
      lines: [...lines, ...unlistedNotes(currencies, listed), ...incomplete],
      isComplete: lacking.length === 0,
    };
  }

  return { totals: totals(), end };
}

const NOTHING: Tally = { expected: 0, lacking: 0, later: 0, unmet: 0, unreadable: 0 };

function plus(a: Tally, b: Tally): Tally {
  return {
    expected: a.expected + b.expected,
    lacking: a.lacking + b.lacking,
    later: a.later + b.later,
    unmet: a.unmet + b.unmet,
    unreadable: a.unreadable + b.unreadable,
  };
}

/** Cuts a range into parts with a bounded number of slots. */
function* partsOf({ catalog, now }: Session, { from, to }: Range, accounts: number): Generator<Range> {
  const shortest = Math.min(...catalog.schedules.map(({ every }) => CADENCES[every]), CADENCES['1d']);
  const length = shortest * Math.max(1, Math.floor(AT_A_TIME / Math.max(1, accounts)));
  // What is later than now is empty, and takes no time.
  const end = Math.min(to, now + 1);
  let begin = from;
  for (; begin + length < end; begin += length) yield { from: begin, to: begin + length };
  yield { from: begin, to };
}
