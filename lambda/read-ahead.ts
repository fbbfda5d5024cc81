/**
 * Does the tasks, a few of them at a time, and yields what they give in the order they stand in. A task is begun
 * only once all but `ahead` before it have been taken, so what waits in memory does not grow with their number. The
 * first to fail, in that order, fails the whole.
 */
export async function* readAhead<T>(tasks: Iterable<() => Promise<T>>, ahead: number): AsyncGenerator<T> {
  const begun: Promise<T>[] = [];
  for (const task of tasks) {
    const result = task();
    // Whoever leaves early never looks at the rest, and a rejection that nobody sees would end the process.
    result.catch(() => undefined);
    begun.push(result);
    const [first] = begun;
    if (begun.length < ahead || first === undefined) continue;
    yield await first;
    void begun.shift();
  }
  for (const result of begun) yield await result;
}
