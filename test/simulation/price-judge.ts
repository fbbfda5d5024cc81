import Big from 'big.js';
import { type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { REGIONS, type Region } from '../../lambda/core/regions.ts';
import { textOf, toleranceOf } from './calendar.ts';
import type { Ending, Process, Run } from './execution.ts';
import type { Item } from './expressions.ts';
import type { Findings } from './findings.ts';
import type { Invariant, Mix } from './mix.ts';
import type { SimulatedTable, Write } from './simulated-table.ts';
import type { TickerCall, TickerTold } from './simulated-ticker.ts';

/** A called ticker's answer, by the clock of the process. */
interface Told {
  readonly call: TickerCall;
  readonly told: TickerTold;
  readonly at: Instant;
}

/** What a process has asked the ticker, and been told. */
interface Memory {
  readonly asked: TickerCall[];
  readonly told: Told[];
  /** Until when each region's ticker is blocked, by the clock of the process. */
  readonly blockedUntil: Map<Region, Instant>;
}

/** A last trade as it may be stored. */
interface Trade {
  readonly price: string;
  readonly tradedAt: Instant;
}

/** The shortest time for which a block must be honoured. */
const SHORTEST_BLOCK = 15 * MINUTE;
const MAX_A_SECOND = 10;
/** How far Upbit's clock may be ahead of the process's. */
const CLOCKS_APART = MINUTE;
/** How old a last trade is that is stored with its time. */
const STALE = 60 * MINUTE;
/** How long after its accounts a run may still be busy with prices: two attempts of two calls, a pause, and the write. */
const LONGEST_TAIL = 35 * SECOND;

/** Trouble that may pass, is told at once, and asks for no wait. */
const PASSING: readonly TickerTold['fault'][] = [
  'refused',
  'reset',
  'internalError',
  'badGateway',
  'okEmpty',
];
/** By then after the first answer the ticker is asked again. */
const FIRST_PAUSE = 3 * SECOND;

const ATTRIBUTES = ['account', 'observedAt', 'price', 'slot', 'tradedAt', 'v', 'writer'];

/** The currencies that a region's markets are asked for in. */
function quotesOf(region: Region): readonly string[] {
  return [REGIONS[region].fiat, 'USDT', 'BTC'];
}

/** Judges every call of the public ticker, every item of prices, and at the end of a run whether what it was told is stored. */
export class PriceJudge {
  readonly #findings: Findings;
  readonly #mix: Mix;
  readonly #table: SimulatedTable;
  readonly #memories = new WeakMap<Process, Memory>();

  constructor(findings: Findings, mix: Mix, table: SimulatedTable) {
    this.#findings = findings;
    this.#mix = mix;
    this.#table = table;
  }

  asked(call: TickerCall, process: Process): void {
    const { region, quotes, at } = call;
    const { asked, told, blockedUntil } = this.#memory(process);
    const { deployment, ahead, id, run } = process;
    asked.push(call);
    const says = `${run?.id ?? id} asked for the prices of ${region} in ${quotes}`;
    const check = (invariant: Invariant, holds: boolean, what: string) =>
      this.#findings.check(invariant, holds, () => `${says} ${what}`);
    check('price calls carry no key', !call.isSigned, 'with an Authorization header');
    check('price calls are well formed', deployment.prices, 'although it takes none');
    check('price calls are well formed', deployment.regions.includes(region), 'which is not configured');
    const allowed = quotesOf(region).filter((quote) => quotes.includes(quote));
    check('price calls are well formed', allowed.join() === quotes.join(), 'and not in its own quotes');
    const recent = asked.filter((other) => other.region === region && other.at > at - SECOND);
    check('price calls are well formed', recent.length <= MAX_A_SECOND, `${recent.length} times in a second`);
    const isInTime = runsBehind(process, at).some(
      ({ kind, slot = '' }) =>
        kind !== 'check' && at + ahead <= Date.parse(slot) + toleranceOf(deployment.every),
    );
    check(
      'no price asked for too late',
      isInTime,
      `at ${textOf(at + ahead)}, after the tolerance of its slot`,
    );
    const blocked = Math.max(blockedUntil.get(region) ?? 0, process.blockedRegions.get(region) ?? 0);
    check('no price asked for while blocked', blocked <= at + ahead, `before ${textOf(blocked)}, blocked`);
    const waits = told.filter((one) => one.call.region === region && one.call.at >= (run?.begun ?? at));
    const wait = Math.max(0, ...waits.map((one) => one.at + (one.told.wait ?? 0)));
    check(
      'no price asked for while blocked',
      wait <= at + ahead,
      `before ${textOf(wait)}, as it was told to wait`,
    );
  }

  told(call: TickerCall, told: TickerTold, process: Process, now: Instant): void {
    const memory = this.#memory(process);
    const at = now + process.ahead;
    memory.told.push({ call, told, at });
    if (told.block !== undefined)
      memory.blockedUntil.set(call.region, at + Math.max(told.block, SHORTEST_BLOCK));
  }

  /** A write of prices; `now` is the true time it was applied. */
  wrote({ account, slot, before, after }: Write, process: Process, now: Instant): void {
    const { deployment, ahead, id } = process;
    const check = (invariant: Invariant, holds: boolean, what: string) =>
      this.#findings.check(invariant, holds, () => `${id} wrote ${account} ${slot} ${what}`);
    check('prices written once', before === undefined, 'over another');
    const region = deployment.regions.find((one) => `#price/${one}` === account);
    const runs = process.history.filter((run) => run.kind !== 'check' && run.slot === slot);
    check('prices of its own slot', region !== undefined, 'for a region that is not its own');
    check('prices of its own slot', runs.length > 0, 'for a slot that none of its runs is for');
    const last = Date.parse(slot) + toleranceOf(deployment.every);
    check('prices observed in time', now <= last + MINUTE + Math.abs(ahead), 'after its slot had settled');
    const observedAt = Date.parse(after['observedAt']?.S ?? '');
    check('prices observed in time', observedAt <= last, `observed at ${after['observedAt']?.S}`);
    const others = Object.keys(after).filter((name) => !ATTRIBUTES.includes(name));
    check('prices as told', others.length === 0, `with ${others}`);
    if (region === undefined) return;
    const wrongs = runs.map((run) => this.#difference(after, region, run, observedAt));
    check('prices as told', wrongs.includes(undefined), `${wrongs.at(-1)}`);
    const markets = Object.keys(after['price']?.M ?? {}).length;
    check('prices as told', markets > 0, 'without a price');
    this.#mix.count('prices', 'items');
    this.#mix.count('prices', 'stored', markets);
    this.#mix.count('prices', 'stale', Object.keys(after['tradedAt']?.M ?? {}).length);
  }

  /** A run that returned has stored what it was told in time, and did not stay for prices that would not come. */
  ended(run: Run, ending: Ending, now: Instant): void {
    const { process, slot = '', decidedAt } = run;
    if (ending.kind !== 'returned' || run.kind === 'check') return;
    const tail = now - (decidedAt ?? now);
    this.#findings.check(
      'prices hold up no run',
      tail <= LONGEST_TAIL,
      () => `${run.id} returned ${tail} ms after its accounts were decided`,
    );
    if (!process.deployment.prices) this.#mix.count('prices', 'runs without');
    // What an earlier run left behind in this process could be taken for what this one did.
    if (run.dynamoDbFailed || run.priceWriteFailed || runsBehind(process, run.begun).length > 1) return;
    for (const region of process.deployment.regions) {
      this.#persistence(region, run, now);
      const [first] = this.#good(process, region, run);
      if (first === undefined) continue;
      const answers = this.#together(first, process, region, run);
      const observedAt = Math.max(...answers.map(({ at }) => at));
      if (observedAt > Date.parse(slot) + toleranceOf(process.deployment.every)) continue;
      if (needed(answers, region, run).size === 0) continue;
      this.#findings.check(
        'prices told are stored',
        this.#table.item(`#price/${region}`, slot) !== undefined,
        () => `${run.id} was told prices of ${region} and has not stored them`,
      );
    }
  }

  /** What a quote that is not traded, or a moment's trouble, kept from being told is asked for again. */
  #persistence(region: Region, run: Run, now: Instant): void {
    const { process, slot = '', id } = run;
    const memory = this.#memory(process);
    const isOurs = (call: TickerCall) => call.region === region && call.at >= run.begun;
    const asked = memory.asked.filter(isOurs);
    const [first] = memory.told.filter(({ call }) => isOurs(call));
    if (first === undefined) return;
    const { call, told, at } = first;
    const last = Date.parse(slot) + toleranceOf(process.deployment.every);
    const isTimeLeft = at + FIRST_PAUSE < last;
    const isBlocked = (process.blockedRegions.get(region) ?? 0) > now + process.ahead;
    if (!isTimeLeft || isBlocked) return;
    const check = (holds: boolean, what: string) =>
      this.#findings.check(
        'prices are asked for again',
        holds,
        () => `${id}, told ${told.fault} of ${region}, did not ask again ${what}`,
      );
    if (told.fault === 'untradedQuote' && call.quotes.length > 1)
      check(asked.filter(({ quotes }) => quotes.length === 1).length >= call.quotes.length, 'for each quote');
    if (told.isTimedOut !== true && PASSING.includes(told.fault)) check(asked.length > 1, 'at all');
  }

  /** How an item differs from what the run was told. */
  #difference(item: Item, region: Region, run: Run, observedAt: Instant): string | undefined {
    const { process } = run;
    const last = this.#good(process, region, run).find(({ at }) => at === observedAt);
    if (last === undefined) return 'that no answer told at that time';
    const answers = this.#together(last, process, region, run);
    if (Math.max(...answers.map(({ at }) => at)) !== observedAt) return 'observed before its last answer';
    const right = needed(answers, region, run);
    const stored = item['price']?.M ?? {};
    const stale = item['tradedAt']?.M ?? {};
    for (const market of new Set([...right.keys(), ...Object.keys(stored), ...Object.keys(stale)])) {
      const trade = right.get(market);
      const price = Object.hasOwn(stored, market) ? stored[market]?.N : undefined;
      const tradedAt = Object.hasOwn(stale, market) ? stale[market]?.S : undefined;
      if (trade === undefined) return `with ${market}, which it was not told, or does not need`;
      if (price === undefined) return `without ${market}`;
      if (!new Big(price).eq(new Big(trade.price))) return `with another price of ${market}`;
      const isStale = observedAt - trade.tradedAt > STALE;
      const time = isStale ? new Date(trade.tradedAt).toISOString() : undefined;
      if (tradedAt !== time) return `with ${tradedAt} as the time of ${market}, not ${time}`;
    }
    return undefined;
  }

  /** The lists of prices that were told to a process since a run began, in order. */
  #good(process: Process, region: Region, run: Run): Told[] {
    return this.#memory(process).told.filter(
      ({ call, told }) => call.region === region && call.at >= run.begun && told.rows !== undefined,
    );
  }

  /** The lists that make one sheet: that of a call, and those of the calls for single quotes made with it. */
  #together(one: Told, process: Process, region: Region, run: Run): Told[] {
    return this.#good(process, region, run).filter(({ call }) => call.at === one.call.at);
  }

  #memory(process: Process): Memory {
    const memory = this.#memories.get(process) ?? { asked: [], told: [], blockedUntil: new Map() };
    this.#memories.set(process, memory);
    return memory;
  }
}

/** The runs that something in a process may belong to: its run, and those that threw and left a call behind. */
function runsBehind({ history, run }: Process, at: Instant): Run[] {
  return history.filter((one) => one === run || (one.endedAt ?? 0) >= at - LONGEST_TAIL);
}

/** The trades that a run must store: those that may be believed, of currencies it was told are held, and of quotes. */
function needed(answers: readonly Told[], region: Region, run: Run): Map<string, Trade> {
  const held = heldIn(region, run);
  if (held.size === 0) return new Map();
  const bases = new Set([...held, ...quotesOf(region)]);
  return new Map(
    answers.flatMap((answer) =>
      believable(answer).filter(([market]) => bases.has(market.slice(market.indexOf('-') + 1))),
    ),
  );
}

function heldIn(region: Region, { told, slot = '', process }: Run): Set<string> {
  const last = Date.parse(slot) + toleranceOf(process.deployment.every);
  const lines = told.flatMap(({ call, told: { lines: sent = [] }, at }) =>
    call.region === region && at <= last ? sent : [],
  );
  const held = lines.filter(({ balance, locked }) => new Big(balance).gt(0) || new Big(locked).gt(0));
  return new Set(held.map(({ currency }) => currency));
}

/** The rows of an answer that may be believed: of a market that stands once, and traded no later than now. */
function believable({ told: { rows = [] }, at }: Told): [string, Trade][] {
  const counts = new Map<string, number>();
  for (const { market = '' } of rows) counts.set(market, (counts.get(market) ?? 0) + 1);
  return rows.flatMap(({ market, trade }): [string, Trade][] =>
    market === undefined ||
    trade === undefined ||
    counts.get(market) !== 1 ||
    trade.tradedAt > at + CLOCKS_APART
      ? []
      : [[market, trade]],
  );
}
