/** `map` for async iterables. */
export async function* mapAsync<T, U>(things: AsyncIterable<T>, change: (thing: T) => U): AsyncGenerator<U> {
  for await (const thing of things) yield change(thing);
}
