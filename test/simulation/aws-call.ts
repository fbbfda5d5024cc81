import { SECOND } from '../../lambda/core/instant.ts';
import type { Dice } from './dice.ts';
import { type Host, isPriceStep, never } from './host.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** How an AWS service can treat one attempt. */
export const AWS_FAULTS = [
  'throttled',
  'internal error',
  'denied',
  /** Never answered. */
  'silent',
  /** The connection is cut before the request has arrived. */
  'reset',
  /** Applied, but answered with a server error. */
  'applied, but answered 500',
  /** Applied, but answered after the client's time-out. */
  'applied, but never answered',
  /** Applied late, but in time. */
  'slow',
] as const;
export type AwsFault = (typeof AWS_FAULTS)[number];

/** The errors of a service. */
export interface AwsErrors {
  throttled(): Error;
  internal(): Error;
  denied(): Error;
}

/** One call through an AWS SDK. */
export interface AwsCall<T> {
  readonly what: string;
  readonly host: Host;
  readonly signal: AbortSignal | undefined;
  /** The maximum number of attempts. */
  readonly attempts: number;
  readonly errors: AwsErrors;
  /** What the service does; throws if it refuses. */
  readonly apply: () => T;
  /** How the service treats an attempt that arrives now. */
  readonly fault: () => AwsFault | undefined;
}

/** As set in `lambda/adapters/aws-client.ts`. */
const REQUEST_TIMEOUT = 3 * SECOND;
/** The SDK's waits: doubled each time, with full jitter. */
const BACKOFF = 50;
const BACKOFF_WHEN_THROTTLED = SECOND;
const LONGEST_BACKOFF = 20 * SECOND;

/** Calls AWS as its SDK does: with time-outs, retries with waits in between, and an abort signal. */
export class AwsNetwork {
  readonly #clock: VirtualClock;
  readonly #dice: Dice;
  #calls = 0;
  #priceCalls = 0;

  constructor(clock: VirtualClock, dice: Dice) {
    this.#clock = clock;
    this.#dice = dice;
  }

  async call<T>(call: AwsCall<T>): Promise<T> {
    if (!call.host.begins(call.what)) return await never<T>();
    const about = this.#nameOf(call.what);
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(call, `${about} ${attempt}`);
      if (!call.host.hears(call.what)) return await never<T>();
      if (outcome.kind === 'answer') return outcome.value;
      if (!outcome.heals || attempt === call.attempts) throw outcome.error;
      const base = outcome.throttled ? BACKOFF_WHEN_THROTTLED : BACKOFF;
      const longest = Math.min(LONGEST_BACKOFF, base * 2 ** (attempt - 1));
      await this.#wait(this.#dice.number(`${about} ${attempt} wait`) * longest, call.signal);
    }
  }

  /** What the dice are asked about: the n-th call of its kind, so that prices change nothing else. */
  #nameOf(what: string): string {
    if (isPriceStep(what)) {
      this.#priceCalls += 1;
      return `aws prices ${this.#priceCalls}`;
    }
    this.#calls += 1;
    return `aws ${this.#calls}`;
  }

  #attempt<T>({ signal, apply, fault, errors }: AwsCall<T>, about: string): Promise<Outcome<T>> {
    const clock = this.#clock;
    const [there, back] = this.#latencies(about);
    return new Promise((resolve) => {
      const timeout = clock.after(REQUEST_TIMEOUT, () => end(healing(named('TimeoutError', 'timed out'))));
      const end = (outcome: Outcome<T>) => {
        timeout();
        signal?.removeEventListener('abort', aborted);
        resolve(outcome);
      };
      const aborted = () =>
        end({ kind: 'error', error: named('AbortError', 'Request aborted'), heals: false });
      if (signal?.aborted === true) {
        aborted();
        return;
      }
      signal?.addEventListener('abort', aborted);
      const answer = (outcome: Outcome<T>, after = back) => void clock.after(after, () => end(outcome));
      // What has been sent arrives, even if the sender dies.
      clock.after(there, () => {
        const kind = fault();
        switch (kind) {
          case undefined:
            return answer(applied(apply));
          case 'slow':
            return answer(applied(apply), this.#dice.between(SECOND, 2_500, `${about} slow`));
          case 'silent':
            return;
          case 'reset':
            return answer(healing(named('ECONNRESET', 'socket hang up')));
          case 'throttled':
            return answer({ ...healing<T>(errors.throttled()), throttled: true });
          case 'internal error':
            return answer(healing(errors.internal()));
          case 'denied':
            return answer({ kind: 'error', error: errors.denied(), heals: false });
          case 'applied, but answered 500':
            applied(apply);
            return answer(healing(errors.internal()));
          case 'applied, but never answered':
            applied(apply);
            return;
          default:
            return kind satisfies never;
        }
      });
    });
  }

  #latencies(about: string): readonly [number, number] {
    const isSlow = this.#dice.chance(0.03, `${about} is slow`);
    const most = isSlow ? 400 : 12;
    return [this.#dice.between(1, most, `${about} there`), this.#dice.between(1, most, `${about} back`)];
  }

  #wait(milliseconds: number, signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const cancel = this.#clock.after(milliseconds, done);
      signal?.addEventListener('abort', done);
    });
  }
}

type Outcome<T> =
  | { readonly kind: 'answer'; readonly value: T }
  | {
      readonly kind: 'error';
      readonly error: unknown;
      readonly heals: boolean;
      readonly throttled?: boolean;
    };

function applied<T>(apply: () => T): Outcome<T> {
  try {
    return { kind: 'answer', value: apply() };
  } catch (error) {
    return { kind: 'error', error, heals: false };
  }
}

function healing<T>(error: Error): Extract<Outcome<T>, { kind: 'error' }> {
  return { kind: 'error', error, heals: true };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
