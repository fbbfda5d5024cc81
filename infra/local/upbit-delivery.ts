import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { SECOND } from '../../lambda/core/instant.ts';
import type { Answer, Fault } from './upbit-faults.ts';

/** How the delivery of an answer fails. */
export type Flaw = Exclude<Fault['kind'], 'answer'>;

/** An answer, and how its delivery fails, if it does. */
export interface Delivery {
  readonly answer: Answer;
  readonly flaw: Flaw | undefined;
}

/** What a caller gets: the correct answer, unless a fault replaces it or spoils its delivery. */
export function faulty(correct: Answer, fault: Fault | undefined): Delivery {
  if (fault === undefined) return { answer: correct, flaw: undefined };
  return fault.kind === 'answer' ? { answer: fault, flaw: undefined } : { answer: correct, flaw: fault.kind };
}

/**
 * Sends an answer over HTTP, or fails to.
 *
 * @param date its `Date` header.
 */
export async function deliver(
  response: ServerResponse,
  { answer, flaw }: Delivery,
  date: string,
): Promise<void> {
  if (flaw === 'silence') return;
  if (flaw === 'reset') {
    response.destroy();
    return;
  }
  const body = Buffer.from(answer.body ?? '');
  response.writeHead(answer.status, { date, ...answer.headers, 'content-length': body.length });
  if (flaw === undefined) {
    response.end(body);
  } else if (flaw === 'truncate') {
    response.write(body.subarray(0, body.length / 2), () => response.destroy());
  } else {
    for (let sent = 0; sent < body.length && !response.destroyed; sent += 1) {
      response.write(body.subarray(sent, sent + 1));
      await setTimeout(SECOND);
    }
    response.end();
  }
}
