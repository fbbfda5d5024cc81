import type { Clock } from '../core/clock.ts';
import type { FailureCode } from '../core/failures.ts';
import { formatSecond, HOUR, type Instant } from '../core/instant.ts';
import { quotesOf } from '../core/prices.ts';
import type { Region } from '../core/regions.ts';
import { isLate } from '../core/slots.ts';
import type { Refusal } from '../core/verdict.ts';
import { Blocks } from './blocks.ts';
import { CALL_TIMEOUT, MIN_PAUSE, PASSES } from './call-limits.ts';
import type { PricedRun, Pricing, Quotation, Quoted, Ticker } from './ports.ts';

/** How long a second attempt is waited for even if all accounts are decided. */
const LONGEST_LAST_WAIT = PASSES[0];

/** How long a quote that the region refused is left out. */
const LEFT_OUT = HOUR;

/** What one attempt came to. */
type Outcome = Quoted | Refusal;

/**
 * Where a slot's prices come from: the public ticker of each region, asked beside the accounts. No account waits for it, and
 * its troubles, a block (418) included, are its own. Keep one for as long as the process lives: it remembers which quotes a
 * region refuses, and blocks.
 */
export class PriceSource implements Pricing {
  readonly #ticker: Ticker;
  readonly #clock: Clock;
  readonly #blocks: Pick<Blocks, 'ofAddress'>;
  readonly #leftOut = new Map<Region, { readonly quotes: readonly string[]; readonly until: Instant }>();
  readonly #blockedUntil = new Map<Region, Instant>();

  /** @param blocks those that calls for accounts meet: a region that blocks this address is not asked for prices either. */
  constructor(ticker: Ticker, clock: Clock, blocks: Pick<Blocks, 'ofAddress'> = new Blocks()) {
    this.#ticker = ticker;
    this.#clock = clock;
    this.#blocks = blocks;
  }

  /**
   * Asks for the prices of a region. Trouble that may pass is tried again once after two seconds, and then as often as the
   * accounts are, for as long as they are: once they are decided, no wait of minutes keeps the run from its end.
   */
  async take(region: Region, run: PricedRun, decided: AbortSignal): Promise<Quotation> {
    const never = new AbortController().signal;
    for (const [pass, after] of [...PASSES, Number.POSITIVE_INFINITY].entries()) {
      const outcome = await this.#attempt(region, run);
      if ('prices' in outcome)
        return isLate(run.settings.every, run.slot, outcome.observedAt)
          ? { detail: `the prices came at ${formatSecond(outcome.observedAt)}, after the slot’s tolerance` }
          : outcome;
      const { detail, retry, notBefore = 0 } = outcome;
      const now = this.#clock.now();
      const next = Math.max(run.startedAt + after, now + MIN_PAUSE, notBefore);
      // On a busy processor a first time-out may be our own, so it gets a second attempt too. A long wait would hold up the
      // end of the run.
      const isFirst = pass === 0 && next - now <= LONGEST_LAST_WAIT;
      if (retry === 'never' || next >= run.deadline || (decided.aborted && !isFirst)) return { detail };
      await this.#clock.sleep(next - now, isFirst ? never : decided);
      if (decided.aborted && !isFirst) return { detail };
    }
    return { detail: 'no time is left' };
  }

  async #attempt(region: Region, run: PricedRun): Promise<Outcome> {
    const quotes = this.#quotes(region);
    const whole = await this.#ask(region, quotes, run);
    if ('prices' in whole || whole.code !== 'upbit.refused' || quotes.length === 1) return whole;
    // One quote that the region does not trade fails the call, and Upbit need not say which.
    const parts = await Promise.all(
      quotes.map(async (quote) => [quote, await this.#ask(region, [quote], run)] as const),
    );
    const good = parts.flatMap(([, part]) => ('prices' in part ? [part] : []));
    if (good.length === 0) return whole;
    const bad = parts.flatMap(([quote, part]) =>
      !('prices' in part) && part.code === 'upbit.refused' ? [quote] : [],
    );
    const before = quotesOf(region).filter((quote) => !quotes.includes(quote));
    this.#leftOut.set(region, { quotes: [...before, ...bad], until: this.#clock.now() + LEFT_OUT });
    return {
      prices: new Map(good.flatMap(({ prices }) => [...prices])),
      observedAt: Math.max(...good.map(({ observedAt }) => observedAt)),
      refused: good.reduce((sum, part) => sum + part.refused, 0),
    };
  }

  async #ask(region: Region, quotes: readonly string[], run: PricedRun): Promise<Outcome> {
    const blocked = Math.max(this.#blockedUntil.get(region) ?? 0, this.#blocks.ofAddress(region));
    if (blocked > this.#clock.now())
      return refused('upbit.blocked', `skipped: this address is blocked until ${formatSecond(blocked)}`);
    const left = run.deadline - this.#clock.now();
    if (left <= 0) return refused('deadline', 'the run ran out of time');
    const verdict = await this.#ticker.ask(region, quotes, Math.min(CALL_TIMEOUT, left));
    if (verdict.kind === 'prices')
      return { prices: verdict.prices, observedAt: this.#clock.now(), refused: verdict.refused };
    if (verdict.block !== undefined) this.#blockedUntil.set(region, verdict.block.until);
    return verdict;
  }

  #quotes(region: Region): readonly string[] {
    const { quotes, until } = this.#leftOut.get(region) ?? { quotes: [], until: 0 };
    return quotesOf(region).filter((quote) => until <= this.#clock.now() || !quotes.includes(quote));
  }
}

/** Why no call was made. */
function refused(code: FailureCode, detail: string): Refusal {
  return { kind: 'refusal', code, detail, retry: 'never' };
}
