/**
 * Does the tasks, a few of them at a time, and yields what they give in the order they stand in. A task is started
 * only once all but `ahead` before it have been taken, so what waits in memory does not grow with their number. The
 * first to fail, in that order, fails the whole.
 */
export async function* readAhead<T>(tasks: Iterable<() => Promise<T>>, ahead: number): AsyncGenerator<T> {
  const started: Promise<T>[] = [];
  for (const task of tasks) {
    const result = task();
    // Whoever leaves early never looks at the rest, and a rejection that nobody sees would end the process.
    result.catch(() => undefined);
    started.push(result);
    const [first] = started;
    if (started.length < ahead || first === undefined) continue;
    yield await first;
    void started.shift();
  }
  for (const result of started) yield await result;
}

/** The things in their order, `size` at a time; the last chunk has what is left. */
export function* chunks<T>(things: Iterable<T>, size: number): Generator<T[]> {
  let chunk: T[] = [];
  for (const thing of things) {
    chunk.push(thing);
    if (chunk.length < size) continue;
    yield chunk;
    chunk = [];
  }
  if (chunk.length > 0) yield chunk;
}

/** What a stream gives step by step, as a generator does. */
export type Stream<T, R> = AsyncIterator<T, R, undefined>;

/**
 * One stream for each key, in order, to be read to its end before the next is taken. The streams of the next keys are started
 * meanwhile, so that what each waits for first is waited for together: `ahead` of them at a time, the one that is read
 * counted. Whoever leaves early ends those that were started.
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

/** A stream whose first step has been asked for. */
interface Started<T, R> {
  readonly stream: Stream<T, R>;
  readonly first: Promise<IteratorResult<T, R>>;
}

function prefetch<T, R>(stream: Stream<T, R>): Started<T, R> {
  const first = stream.next();
  // It is looked at in its turn; until then a rejection that nobody sees would end the process.
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
