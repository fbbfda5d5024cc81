import type { LookupAddress, LookupOptions } from 'node:dns';

type Answer = (
  error: NodeJS.ErrnoException | null,
  addresses: string | LookupAddress[],
  family?: number,
) => void;

/** As `lookup` of `node:dns`, and as a connection wants it. */
export type Lookup = (name: string, options: LookupOptions, answer: Answer) => void;

/**
 * A look-up that asks for each name once at a time: a caller that asks meanwhile gets the same answer. Node's own holds one of its
 * few threads until the resolver gives up (10 s), even if nobody waits for it any more. Without this, the connections to one
 * region whose name does not resolve would hold them all, and no other name could be found.
 */
export function shareLookups(lookup: Lookup): Lookup {
  const waiting = new Map<string, Answer[]>();
  return (name, options, answer) => {
    const key = `${name} ${options.family} ${options.hints} ${options.all}`;
    const answers = waiting.get(key);
    if (answers !== undefined) {
      answers.push(answer);
      return;
    }
    const all = [answer];
    waiting.set(key, all);
    try {
      lookup(name, options, (...result) => {
        waiting.delete(key);
        for (const each of all) each(...result);
      });
    } catch (error) {
      waiting.delete(key);
      throw error;
    }
  };
}
