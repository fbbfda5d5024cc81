import pLimit from 'p-limit';
import { atMostEnd, DAY, formatSecond, type Instant, parseSecond } from '../core/instant.ts';
import { byCodeOrder } from '../core/order.ts';
import {
  dayName,
  hashDay,
  overdueBefore,
  type ReadTimestamp,
  rootText,
  type Seal,
  type Sha256,
  type Timestamp,
} from '../core/seal.ts';
import { localMidnight, type TimeZone } from '../core/slots.ts';
import { CONCURRENCY, type Range } from './reader.ts';
import { type FoundSeal, isUnreadableSeal, type StoredLedger } from './stored-ledger.ts';

/** How a day of the ledger differs from its seal. */
export interface SealProblem {
  /** The date of the day in its time zone; of a seal that cannot be read, its sort key. */
  readonly day: string;
  /** An account, or prices such as `#price/sg`; undefined if it is the day as a whole. */
  readonly account: string | undefined;
  readonly problem: SealFault;
  /** What a `timestamp` problem is about, one sentence; undefined for the others. */
  readonly what?: string | undefined;
}

/**
 * - `unsealed`: the day has no seal, and it is at least two hours since it ended; with an account, the account's oldest item is
 *   from before the day on which the ledger begins.
 * - `changed`: the account has as many items as were sealed, but not the same ones.
 * - `removed`: it has fewer, or none.
 * - `added`: it has more, or had none.
 * - `chain`: the seal cannot be read, contradicts itself, or does not follow from the seal before it.
 * - `timestamp`: the seal has a token that is not over it, is not signed as it must be, or is older than the end of the day.
 */
export type SealFault = 'unsealed' | 'changed' | 'removed' | 'added' | 'chain' | 'timestamp';

/** What was compared. */
export interface Verified {
  /** The newest seal that can be read. */
  readonly last: Seal | undefined;
  /** How many days with a seal were compared with their items. */
  readonly days: number;
  /** How many items were read for that. */
  readonly items: number;
  /** How many seals have a token that is good. */
  readonly stamped: number;
  /** The newest of these tokens, and the day of its seal. */
  readonly lastStamp: StampedDay | undefined;
}

/** What the token of a seal says. */
export interface StampedDay extends Timestamp {
  readonly day: string;
}

/** What to verify. */
export interface VerifyRequest {
  /** Each day that overlaps this range is compared with its items. */
  readonly range: Range;
  /** The accounts to compare; all, and prices, if undefined. */
  readonly accounts: readonly string[] | undefined;
  /** When the ledger begins, Infinity if it is empty: from then on each day has a seal. */
  readonly beginning: Instant;
  /** Days are those of this time zone where no seal says otherwise. */
  readonly timeZone: TimeZone;
  readonly now: Instant;
}

/**
 * Compares days with their seals, in order, and follows the whole chain of seals, whatever the range: a day is only as good as
 * the chain from it to a root that someone kept. Holds one day in memory.
 *
 * @throws CodedError `ledger.*` if the ledger cannot be read.
 */
export async function* verifySeals(
  ledger: StoredLedger,
  request: VerifyRequest,
  sha256: Sha256,
  readTimestamp: ReadTimestamp,
): AsyncGenerator<SealProblem, Verified> {
  const { range, accounts, beginning, timeZone } = request;
  const known = await ledger.partitions();
  yield* beforeTheBeginning(ledger, known, request);
  let chain: Chain | undefined;
  let last: Seal | undefined;
  let lastStamp: StampedDay | undefined;
  let [days, items, stamped] = [0, 0, 0];
  for await (const found of ledger.seals()) {
    yield* unsealed(chain, startOf(found), zoneOf(found, timeZone), request);
    if (isUnreadableSeal(found)) {
      yield { day: found.slot, account: undefined, problem: 'chain' };
      chain = { from: startOf(found) ?? chain?.from ?? beginning, roots: undefined };
      continue;
    }
    const text = rootText(found.previous, found.accounts);
    const expected = sha256(text);
    // A token is over what the seal lists: if that is not what was sealed, nothing can be said of it.
    if (found.timestamp !== undefined && found.root === expected) {
      const { value, problem } = await readTimestamp(found.timestamp, text, found.from + DAY);
      if (value === undefined)
        yield {
          day: dayName(found),
          account: undefined,
          problem: 'timestamp',
          what: `the token of ${dayName(found)} ${problem}`,
        };
      else {
        stamped += 1;
        lastStamp = { ...value, day: dayName(found) };
      }
    }
    if (!follows(found, chain) || found.root !== expected || found.sealedAt < found.from + DAY)
      yield { day: dayName(found), account: undefined, problem: 'chain' };
    if (overlaps(found.from, range)) {
      const asked = [...new Set([...known, ...found.accounts.keys()])]
        .filter((partition) => accounts?.includes(partition) ?? true)
        .sort(byCodeOrder);
      const present = await hashesOf(ledger, asked, found.from, sha256);
      const isIntact =
        accounts === undefined && found.root === sha256(rootText(found.previous, hashes(present)));
      // The items give the root: then only the seal's own list is wrong.
      if (found.root === expected || !isIntact) yield* differences(found, asked, present);
      days += 1;
      for (const { count } of present.values()) items += count;
    }
    chain = { from: found.from, roots: [found.root, expected] };
    last = found;
  }
  yield* unsealed(chain, Number.POSITIVE_INFINITY, timeZone, request);
  return { last, days, items, stamped, lastStamp };
}

/** An item before the day on which the ledger begins is in no day that is sealed. */
async function* beforeTheBeginning(
  ledger: StoredLedger,
  known: readonly string[],
  { range, accounts, beginning, timeZone }: VerifyRequest,
): AsyncGenerator<SealProblem> {
  const first = formatSecond(localMidnight(timeZone, atMostEnd(beginning)));
  const asked = known.filter((partition) => accounts?.includes(partition) ?? true);
  const found = await pLimit(CONCURRENCY).map(asked, async (account) => ({
    account,
    slot: (await ledger.oldest(account))?.['slot']?.S,
  }));
  for (const { account, slot } of found) {
    if (slot === undefined || slot >= first) continue;
    const instant = parseSecond(slot);
    const from = instant === undefined ? undefined : localMidnight(timeZone, instant);
    if (from === undefined || overlaps(from, range))
      yield {
        day: from === undefined ? slot : dayName({ from, timeZone }),
        account,
        problem: 'unsealed',
      };
  }
}

/** The seal before, as far as the next one depends on it. */
interface Chain {
  readonly from: Instant;
  /** Its root as it says and as its list gives it, so that one wrong seal makes only itself wrong; undefined if it cannot be read. */
  readonly roots: readonly string[] | undefined;
}

function follows({ previous }: Seal, chain: Chain | undefined): boolean {
  if (chain === undefined) return previous === undefined;
  return chain.roots === undefined || (previous !== undefined && chain.roots.includes(previous));
}

/** Days without a seal, from the seal before, or the beginning of the ledger, up to `end`. */
function* unsealed(
  before: Chain | undefined,
  end: Instant | undefined,
  timeZone: TimeZone,
  { range, beginning, now }: VerifyRequest,
): Generator<SealProblem> {
  // A foreign item among the seals may be of any year.
  const due = overdueBefore(timeZone, now);
  const first =
    before === undefined ? localMidnight(timeZone, beginning) : localMidnight(timeZone, before.from) + DAY;
  for (let from = first; from < Math.min(end ?? first, due); from += DAY)
    if (overlaps(from, range))
      yield { day: dayName({ from, timeZone }), account: undefined, problem: 'unsealed' };
}

function* differences(
  seal: Seal,
  asked: readonly string[],
  present: ReadonlyMap<string, { readonly hash: string; readonly count: number }>,
): Generator<SealProblem> {
  for (const account of asked) {
    const now: AccountDay = present.get(account) ?? { hash: undefined, count: 0 };
    const sealed = { hash: seal.accounts.get(account), count: seal.items.get(account) ?? 0 };
    if (now.hash === sealed.hash && now.count === sealed.count) continue;
    yield { day: dayName(seal), account, problem: faultOf(now, sealed) };
  }
}

/** An account's day as it is now, or as its seal says: no hash if it has no items. */
interface AccountDay {
  readonly hash: string | undefined;
  readonly count: number;
}

function faultOf(now: AccountDay, sealed: AccountDay): SealFault {
  // The items are as sealed: then the seal counts them wrongly.
  if (now.hash === sealed.hash) return 'chain';
  if (now.count === sealed.count) return 'changed';
  return now.count < sealed.count ? 'removed' : 'added';
}

async function hashesOf(
  ledger: StoredLedger,
  partitions: readonly string[],
  from: Instant,
  sha256: Sha256,
): Promise<ReadonlyMap<string, { readonly hash: string; readonly count: number }>> {
  const limit = pLimit(CONCURRENCY);
  const found = await limit.map(partitions, async (partition) => {
    const day = hashDay(await ledger.items(partition, from, from + DAY), sha256);
    return day === undefined ? [] : [[partition, day] as const];
  });
  return new Map(found.flat());
}

function hashes(days: ReadonlyMap<string, { readonly hash: string }>): ReadonlyMap<string, string> {
  return new Map(Array.from(days, ([account, { hash }]) => [account, hash]));
}

function overlaps(from: Instant, range: Range): boolean {
  return from < range.to && from + DAY > range.from;
}

function startOf(found: FoundSeal): Instant | undefined {
  return isUnreadableSeal(found) ? parseSecond(found.slot) : found.from;
}

function zoneOf(found: FoundSeal, otherwise: TimeZone): TimeZone {
  return isUnreadableSeal(found) ? otherwise : found.timeZone;
}
