import { type Entry, type Found, isUnreadable, type Unreadable } from '../../lambda/core/snapshot.ts';

/** What was found, where it is not something that cannot be read; throws for that. */
export function readable<T extends Entry>(found: T | Unreadable): T {
  if (isUnreadable(found)) throw new Error(`${found.account} ${found.key}: ${found.problem}`);
  return found;
}

/** As {@link readable}, one after the other. */
export async function* allReadable(found: AsyncIterable<Found>): AsyncGenerator<Entry> {
  for await (const one of found) yield readable<Entry>(one);
}
