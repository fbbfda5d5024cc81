import { type LookupAddress, type LookupOptions, lookup } from 'node:dns';

type Answer = (
  error: NodeJS.ErrnoException | null,
  addresses: string | LookupAddress[],
  family?: number,
) => void;

const waiting = new Map<string, Answer[]>();

/**
 * Node's own look-up of a name, but one at a time for each name: whoever asks meanwhile gets the same answer. A look-up
 * holds one of Node's few threads until the resolver gives up (10 s), even where nobody waits for it any more; without this
 * the connections to one region whose name does not resolve would take all of them, and no other name be found.
 */
export function sharedLookup(name: string, options: LookupOptions, answer: Answer): void {
  const key = `${name} ${options.family} ${options.hints} ${options.all}`;
  const others = waiting.get(key);
  if (others !== undefined) {
    others.push(answer);
    return;
  }
  const all = [answer];
  waiting.set(key, all);
  lookup(name, options, (...result: Parameters<Answer>) => {
    waiting.delete(key);
    for (const each of all) each(...result);
  });
}
