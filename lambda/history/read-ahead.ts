/**
 * Runs the tasks, at most `ahead` at a time, and yields their results in the order of the tasks. A task starts only when
 * fewer than `ahead` earlier results have not been consumed, so memory does not grow with the number of tasks. The first
 * failure, in that order, ends the generator.
 */
export async function* readAhead<T>(tasks: Iterable<() => Promise<T>>, ahead: number): AsyncGenerator<T> {
  const started: Promise<T>[] = [];
  for (const task of tasks) {
    const result = task();
    // A consumer that stops early never awaits the rest, and an unhandled rejection would end the process.
    result.catch(() => undefined);
    started.push(result);
    const [first] = started;
    if (started.length < ahead || first === undefined) continue;
    yield await first;
    void started.shift();
  }
  for (const result of started) yield await result;
}

/** The items in order, `size` at a time; the last chunk has the remainder. */
export function* chunks<T>(items: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const item of items) {
    chunk.push(item);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** An iterator that yields T and returns R, like a generator. */
export type Stream<T, R> = AsyncIterator<T, R, undefined>;

/**
 * One stream for each key, in order, each to be read to its end before the next is taken. The streams of the next keys
 * start meanwhile, so that their first waits overlap: at most `ahead` at a time, including the one being read. When the
 * consumer stops early, the started streams are ended.
 */
export async function* prefetchStreams<K, T, R>(
  keys: Iterable<K>,
  open: (key: K) => Stream<T, R>,
  ahead: number,
): AsyncGenerator<readonly [K, AsyncGenerator<T, R>]> {
  const started: (readonly [K, Started<T, R>])[] = [];
  try {
    for (const key of keys) {
      started.push([key, prefetch(open(key))]);
      if (started.length < ahead) continue;
      const first = started.shift();
      if (first !== undefined) yield [first[0], resumed(first[1])];
    }
    for (let next = started.shift(); next !== undefined; next = started.shift()) {
      yield [next[0], resumed(next[1])];
    }
  } finally {
    await Promise.allSettled(started.map(([, { stream }]) => stream.return?.()));
  }
}

/** A stream whose first step has been requested. */
interface Started<T, R> {
  readonly stream: Stream<T, R>;
  readonly first: Promise<IteratorResult<T, R>>;
}

function prefetch<T, R>(stream: Stream<T, R>): Started<T, R> {
  const first = stream.next();
  // It is awaited in its turn; until then an unhandled rejection would end the process.
  first.catch(() => undefined);
  return { stream, first };
}

async function* resumed<T, R>({ stream, first }: Started<T, R>): AsyncGenerator<T, R> {
  try {
    let step = await first;
    for (; step.done !== true; step = await stream.next()) yield step.value;
    return step.value;
  } finally {
    await stream.return?.();
  }
}
