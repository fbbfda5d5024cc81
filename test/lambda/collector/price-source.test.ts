import { describe, expect, it } from 'vitest';
import { Blocks } from '../../../lambda/collector/blocks.ts';
import type { PricedRun, Quotation } from '../../../lambda/collector/ports.ts';
import { PriceSource } from '../../../lambda/collector/price-source.ts';
import type { Clock } from '../../../lambda/core/clock.ts';
import { HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { TickerVerdict } from '../../../lambda/core/verdict.ts';
import { refusal, SETTINGS, SLOT } from '../../support/memory-parts.ts';
import { pricesOf, quoted, scriptedTicker, type TickerCall } from '../../support/ticker.ts';

const START = SLOT + SECOND;
const GOOD = quoted({ 'SGD-BTC': '64200.5' });
const BAD_REQUEST = refusal('upbit.refused', 'never');
const DOWN = refusal('upbit.unavailable', 'later');
const open = () => new AbortController().signal;
const decided = () => AbortSignal.abort();

/** A process on a clock that moves only while waiting, and the seconds after the start at which it called. */
function processOf(
  script: (call: TickerCall, nth: number) => TickerVerdict,
  during = 0,
  blocks = new Blocks(),
) {
  const at: number[] = [];
  const slept: number[] = [];
  let now: Instant = START;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms, signal) => {
      slept.push(ms);
      if (!signal.aborted) now += ms;
    },
  };
  const ticker = scriptedTicker((call, nth) => {
    at.push((now - START) / SECOND);
    now += during;
    return script(call, nth);
  });
  const source = new PriceSource(ticker, clock, blocks);
  return {
    at,
    slept,
    calls: ticker.calls,
    pass: (ms: number) => {
      now += ms;
    },
    take: (until = open(), change: Partial<PricedRun> = {}): Promise<Quotation> => {
      const run = { slot: SLOT, settings: SETTINGS, startedAt: now, deadline: now + 4 * MINUTE };
      return source.take('sg', { ...run, ...change }, until);
    },
  };
}

const quotesOf = (calls: readonly TickerCall[]) => calls.map(({ quotes }) => quotes.join());

describe('the prices of a region', () => {
  it('are one call for all of its quotes, and were observed when its answer arrived', async () => {
    const one = processOf(() => GOOD, 300);
    expect(await one.take()).toEqual({
      prices: pricesOf({ 'SGD-BTC': '64200.5' }),
      observedAt: START + 300,
      refused: 0,
    });
    expect(one.calls).toEqual([{ region: 'sg', quotes: ['SGD', 'USDT', 'BTC'], timeoutMs: 5 * SECOND }]);
  });

  it('are asked for in the time that is left, and not at all if there is none', async () => {
    const short = processOf(() => GOOD);
    await short.take(open(), { deadline: START + 700 });
    expect(short.calls.map(({ timeoutMs }) => timeoutMs)).toEqual([700]);
    const over = processOf(() => GOOD);
    expect(await over.take(open(), { deadline: START })).toEqual({ detail: 'the run ran out of time' });
    expect(over.calls).toEqual([]);
  });

  it('are not taken from an answer after the slot’s tolerance', async () => {
    const slow = processOf(() => GOOD, 5 * MINUTE);
    expect(await slow.take()).toEqual({
      detail: 'the prices came at 2026-11-22T06:05:01Z, after the slot’s tolerance',
    });
    const justInTime = processOf(() => GOOD, 5 * MINUTE - SECOND);
    expect(await justInTime.take()).toHaveProperty('prices');
  });
});

describe('trouble that may pass', () => {
  it('is tried again in the passes of the accounts, up to the deadline', async () => {
    const down = processOf(() => DOWN);
    expect(await down.take()).toEqual({ detail: 'told upbit.unavailable' });
    expect(down.at).toEqual([0, 2, 15, 60, 150]);
    const short = processOf(() => DOWN);
    await short.take(open(), { deadline: START + MINUTE });
    expect(short.at).toEqual([0, 2, 15]);
  });

  it('is over with the first answer', async () => {
    const heals = processOf((_, nth) => (nth < 3 ? DOWN : GOOD));
    expect(await heals.take()).toHaveProperty('prices');
    expect(heals.at).toEqual([0, 2, 15]);
  });

  it('is tried again once if the accounts are decided, and no more', async () => {
    const down = processOf(() => DOWN);
    expect(await down.take(decided())).toEqual({ detail: 'told upbit.unavailable' });
    expect(down.at).toEqual([0, 2]);
    const heals = processOf((_, nth) => (nth === 1 ? DOWN : GOOD));
    expect(await heals.take(decided())).toHaveProperty('prices');
  });

  it('is not tried again within a second, and time does not go back', async () => {
    const slow = processOf(() => DOWN, 2.5 * SECOND);
    await slow.take(decided());
    expect(slow.at).toEqual([0, 3.5]);
    expect(Math.min(...slow.slept)).toBe(SECOND);
  });

  it('ends its wait when the accounts are decided', async () => {
    const controller = new AbortController();
    const down = processOf((_, nth) => {
      if (nth === 2) controller.abort();
      return DOWN;
    });
    await down.take(controller.signal);
    expect(down.at).toEqual([0, 2]);

    let waiting: () => void = () => undefined;
    const begun = new Promise<void>((resolve) => {
      waiting = resolve;
    });
    const ticker = scriptedTicker(() => DOWN);
    let sleeps = 0;
    const source = new PriceSource(ticker, {
      now: () => START,
      sleep: (_, signal) => {
        sleeps += 1;
        if (sleeps === 1) return Promise.resolve();
        waiting();
        return new Promise((resolve) => signal.addEventListener('abort', () => resolve()));
      },
    });
    const later = new AbortController();
    const run = { slot: SLOT, settings: SETTINGS, startedAt: START, deadline: START + HOUR };
    const taken = source.take('sg', run, later.signal);
    await begun;
    later.abort();
    expect(await taken).toEqual({ detail: 'told upbit.unavailable' });
    expect(ticker.calls).toHaveLength(2);
  });

  it('that is a time-out is tried again once, even if the accounts are decided: it may be our own processor', async () => {
    const silent = processOf(() => refusal('upbit.timeout', 'later'), 5 * SECOND);
    await silent.take(decided());
    expect(silent.at).toEqual([0, 6]);
    const patient = processOf(() => refusal('upbit.timeout', 'later'), 5 * SECOND);
    await patient.take();
    expect(patient.at).toEqual([0, 6, 15, 60, 150]);
  });

  it('that asks for a wait gets it, but only while the accounts are undecided', async () => {
    const asks = () => refusal('upbit.rateLimited', 'thrice', { notBefore: START + 20 * SECOND });
    const patient = processOf((_, nth) => (nth === 1 ? asks() : GOOD));
    expect(await patient.take()).toHaveProperty('prices');
    expect(patient.at).toEqual([0, 20]);
    // A server could otherwise keep every run for minutes.
    const over = processOf(asks);
    expect(await over.take(decided())).toEqual({ detail: 'told upbit.rateLimited' });
    expect(over.at).toEqual([0]);
    expect(over.slept).toEqual([]);
    const late = processOf(() => refusal('upbit.unavailable', 'later', { notBefore: START + HOUR }));
    await late.take();
    expect(late.at).toEqual([0]);
  });

  it.each(['key.invalid', 'response.malformed', 'response.tooLarge', 'upbit.tls'] as const)(
    'is not %s, which is final',
    async (code) => {
      const final = processOf(() => refusal(code, 'never'));
      expect(await final.take()).toEqual({ detail: `told ${code}` });
      expect(final.at).toEqual([0]);
    },
  );
});

describe('a quote that the region does not trade', () => {
  /** A region that refuses every call with one of these. */
  const without = (...untraded: string[]) =>
    processOf(({ quotes }) =>
      quotes.some((quote) => untraded.includes(quote))
        ? BAD_REQUEST
        : quoted(Object.fromEntries(quotes.map((quote) => [`${quote}-ADA`, '2'])), 1),
    );

  it('is found by asking for each alone, and the others have their prices', async () => {
    const region = without('BTC');
    const { prices, refused } = { refused: undefined, ...(await region.take()) };
    expect([...(prices?.keys() ?? [])]).toEqual(['SGD-ADA', 'USDT-ADA']);
    expect(refused).toBe(2);
    expect(quotesOf(region.calls)).toEqual(['SGD,USDT,BTC', 'SGD', 'USDT', 'BTC']);
  });

  it('is left out for an hour by the same process, and then tried again', async () => {
    const region = without('BTC');
    await region.take();
    region.pass(HOUR - SECOND);
    await region.take(open(), { slot: SLOT + HOUR });
    expect(quotesOf(region.calls).slice(4)).toEqual(['SGD,USDT']);
    region.pass(SECOND);
    await region.take(open(), { slot: SLOT + HOUR });
    expect(quotesOf(region.calls).slice(5, 6)).toEqual(['SGD,USDT,BTC']);
  });

  it('is not forgotten when another is found', async () => {
    const untraded = ['BTC'];
    const region = processOf(({ quotes }) =>
      quotes.some((quote) => untraded.includes(quote)) ? BAD_REQUEST : GOOD,
    );
    await region.take();
    untraded.push('USDT');
    await region.take();
    await region.take();
    expect(quotesOf(region.calls).slice(4)).toEqual(['SGD,USDT', 'SGD', 'USDT', 'SGD']);
  });

  it('may be each of them: then there are no prices, and nothing is remembered', async () => {
    const region = without('SGD', 'USDT', 'BTC');
    expect(await region.take()).toEqual({ detail: 'told upbit.refused' });
    await region.take();
    expect(quotesOf(region.calls).slice(4, 5)).toEqual(['SGD,USDT,BTC']);
  });

  it('is not one whose own call failed in another way', async () => {
    const region = processOf(({ quotes }, nth) => {
      if (nth === 1) return BAD_REQUEST;
      return quotes.join() === 'USDT' ? DOWN : quoted({ [`${quotes[0]}-ADA`]: '2' });
    });
    const { prices } = await region.take();
    expect([...(prices?.keys() ?? [])]).toEqual(['SGD-ADA', 'BTC-ADA']);
    await region.take();
    expect(quotesOf(region.calls).slice(4, 5)).toEqual(['SGD,USDT,BTC']);
  });

  it('was observed when the last of the answers arrived', async () => {
    const region = processOf(({ quotes }) => (quotes.length === 1 ? GOOD : BAD_REQUEST), 100);
    expect(await region.take()).toMatchObject({ observedAt: START + 400 });
  });
});

describe('a block of the ticker', () => {
  it('is kept to by every later run of the process, for its region', async () => {
    const until = START + HOUR;
    const region = processOf((_, nth) =>
      nth === 1 ? refusal('upbit.blocked', 'never', { block: { until, whom: 'address' } }) : GOOD,
    );
    expect(await region.take()).toEqual({ detail: 'told upbit.blocked' });
    region.pass(HOUR - 1);
    expect(await region.take(open(), { slot: SLOT + HOUR })).toEqual({
      detail: 'skipped: this address is blocked until 2026-11-22T07:00:01Z',
    });
    expect(region.calls).toHaveLength(1);
    region.pass(1);
    expect(await region.take(open(), { slot: SLOT + HOUR })).toHaveProperty('prices');
  });

  it('of this address that an account has met stops the ticker too, even between two attempts', async () => {
    const blocks = new Blocks();
    const region = processOf(
      () => {
        blocks.note('sg/main', 'sg', { until: START + HOUR, whom: 'address' });
        return DOWN;
      },
      0,
      blocks,
    );
    const skipped = { detail: 'skipped: this address is blocked until 2026-11-22T07:00:01Z' };
    expect(await region.take()).toEqual(skipped);
    expect(await region.take()).toEqual(skipped);
    expect(region.calls).toHaveLength(1);
  });

  it('of an account, or of the address at another region, does not stop the ticker', async () => {
    const blocks = new Blocks();
    blocks.note('sg/main', 'sg', { until: START + HOUR, whom: 'account' });
    blocks.note('th/main', 'th', { until: START + HOUR, whom: 'address' });
    expect(await processOf(() => GOOD, 0, blocks).take()).toHaveProperty('prices');
  });

  it('met while asking for one quote alone ends all calls too', async () => {
    const until = START + HOUR;
    const region = processOf(({ quotes }) => {
      if (quotes.length > 1) return BAD_REQUEST;
      return refusal('upbit.blocked', 'never', { block: { until, whom: 'account' } });
    });
    await region.take();
    const made = region.calls.length;
    await region.take();
    expect(region.calls).toHaveLength(made);
  });
});
