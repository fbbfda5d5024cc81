import { SECOND } from '../core/instant.ts';

/** How long something may still take to end on its own once it was told to end, in milliseconds. */
const GRACE = 100;

/**
 * Runs something for so many milliseconds at most. Then the signal is aborted with a `TimeoutError`, as that of
 * `AbortSignal.timeout` is; what does not end by that is left, and the promise rejects with the same error. The platform's
 * own signal would keep its listeners, a request and its response, in memory until the time is up, long after the request
 * ended; this one is released at once.
 *
 * @throws DOMException `TimeoutError`, and whatever `act` throws.
 */
export async function withTimeOut<T>(
  milliseconds: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const over = new Promise<never>((_, reject) => {
    const abort = () => {
      const reason = new DOMException(`no answer within ${milliseconds / SECOND} s`, 'TimeoutError');
      controller.abort(reason);
      timer = setTimeout(() => reject(reason), GRACE);
    };
    timer = setTimeout(abort, Math.max(1, Math.ceil(milliseconds)));
  });
  try {
    return await Promise.race([act(controller.signal), over]);
  } catch (error) {
    throw controller.signal.aborted ? controller.signal.reason : error;
  } finally {
    clearTimeout(timer);
  }
}
