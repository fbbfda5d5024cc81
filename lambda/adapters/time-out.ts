/**
 * Runs something under a signal that is aborted after so many milliseconds, with what `AbortSignal.timeout` aborts
 * with. Nothing of it stays behind: such a signal of the platform's own would keep all that listens to it, a request
 * and its answer, in memory until its time has come, however long the request is over.
 */
export async function withTimeOut<T>(
  milliseconds: number,
  act: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  const over = () => controller.abort(new DOMException('the time for it is over', 'TimeoutError'));
  const timer = setTimeout(over, Math.max(1, Math.ceil(milliseconds)));
  try {
    return await act(controller.signal);
  } finally {
    clearTimeout(timer);
  }
}
