import type { Answer } from '../../infra/local/upbit-faults.ts';
import type { Host } from './host.ts';
import type { VirtualClock } from './virtual-clock.ts';

// How a call and its answer travel between a process and Upbit.

/** How a body arrives, if not at once. */
export type Arrival = 'drip' | 'truncate' | 'late';

/** What became of an answer: it came whole, its connection broke, or the caller stopped waiting. */
export type ReplyEnd = 'whole' | 'cut' | 'timed out';

/** The code of the network error of each fault that breaks the connection before any answer. */
const CONNECTION_ERRORS = {
  refused: 'ECONNREFUSED',
  noSuchHost: 'ENOTFOUND',
  tls: 'CERT_HAS_EXPIRED',
  tlsAlert: 'EPROTO',
  reset: 'ECONNRESET',
} as const;

/** The network error of a fault; undefined if the fault is an answer. */
export function connectionError(fault: string | undefined): Error | undefined {
  const code = Object.entries(CONNECTION_ERRORS).find(([name]) => name === fault)?.[1];
  return code === undefined
    ? undefined
    : Object.assign(new TypeError('fetch failed'), { cause: coded(code) });
}

/** One end of a connection. */
interface Connection {
  readonly clock: VirtualClock;
  readonly host: Host;
  /** The kind of step, as the host counts them. */
  readonly what: string;
  readonly signal: AbortSignal | undefined;
}

/** One call on its way. */
export interface Trip extends Connection {
  /** How long the answer takes, in milliseconds; undefined if none ever comes. */
  readonly latency: number | undefined;
  /** What the service does when the call arrives, even if its sender is dead; returns how its answer is then delivered. */
  readonly arrive: () => () => Response | Error;
  /** Called if the sender stops waiting. */
  readonly timedOut: () => void;
}

/** Sends a call. Resolves and rejects as fetch does; never, if the sender dies. */
export function travel({ clock, host, what, signal, latency, arrive, timedOut }: Trip): Promise<Response> {
  return new Promise((resolve, reject) => {
    const over = () => {
      if (!host.hears(what)) return;
      timedOut();
      reject(signal?.reason);
    };
    signal?.addEventListener('abort', over, { once: true });
    if (latency === undefined) return;
    clock.after(latency, () => {
      const deliver = arrive();
      if (signal?.aborted === true) return;
      signal?.removeEventListener('abort', over);
      if (!host.hears(what)) return;
      const answer = deliver();
      if (answer instanceof Error) reject(answer);
      else resolve(answer);
    });
  });
}

/** An answer as it is delivered. */
export interface Delivery extends Connection {
  readonly answer: Answer;
  /** The `Date` header. */
  readonly date: string;
  /** Absent if the body arrives at once. */
  readonly arrival: Arrival | undefined;
  /** Called when a living caller knows what became of it. */
  readonly ended: (how: ReplyEnd) => void;
}

/** The platform's Response for an answer. */
export function deliver({ clock, host, what, signal, answer, date, arrival, ended }: Delivery): Response {
  const init = { status: answer.status, headers: { date, ...answer.headers } };
  if (arrival === undefined) {
    ended('whole');
    return new Response(bodyOf(answer), init);
  }
  const bytes = Buffer.from(answer.body ?? '');
  const half = Math.ceil(bytes.length / 2);
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(bytes.subarray(0, half));
      signal?.addEventListener('abort', () => {
        if (!host.hears(what)) return;
        ended('timed out');
        controller.error(signal.reason);
      });
      const later = (after: number, how: ReplyEnd, act: () => void) =>
        clock.after(after, () => {
          if (signal?.aborted === true || !host.hears(what)) return;
          ended(how);
          act();
        });
      if (arrival === 'truncate')
        later(20, 'cut', () =>
          controller.error(Object.assign(new TypeError('terminated'), { cause: coded('UND_ERR_SOCKET') })),
        );
      if (arrival === 'late')
        later(900, 'whole', () => {
          controller.enqueue(bytes.subarray(half));
          controller.close();
        });
    },
  });
  return new Response(stream, init);
}

function coded(code: string): Error {
  return Object.assign(new Error(code), { code });
}

const large = new Map<string | Buffer, Uint8Array>();

/** Encodes a body of megabytes only once. */
function bodyOf({ status, body }: Answer): string | ReadableStream<Uint8Array> | null {
  if (body === undefined || status === 204) return null;
  if (body.length < 100_000) return body.toString();
  const bytes = large.get(body) ?? new Uint8Array(Buffer.from(body));
  large.set(body, bytes);
  return new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(bytes);
      controller.close();
    },
  });
}
