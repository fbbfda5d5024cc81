import { type Entry, type Found, isUnreadable, type Unreadable } from '../../lambda/core/snapshot.ts';

/** The item that was found. Throws if it is unreadable. */
export function readable<T extends Entry>(found: T | Unreadable): T {
  if (isUnreadable(found)) throw new Error(`${found.account} ${found.key}: ${found.problem}`);
  return found;
}

/** {@link readable} for each of several items. */
export async function* allReadable(found: AsyncIterable<Found>): AsyncGenerator<Entry> {
  for await (const one of found) yield readable<Entry>(one);
}
