import { formatSecond } from '../../lambda/core/instant.ts';
import { pricePartition } from '../../lambda/core/partitions.ts';
import { type Found, isUnreadable, type Unreadable } from '../../lambda/core/snapshot.ts';
import type { FoundPrices, LedgerReader } from '../../lambda/history/reader.ts';

/** A reader that remembers the items it could not read. */
export interface NoticingReader {
  readonly reader: LedgerReader;
  /** One sentence about the items that could not be read; undefined if there were none. */
  problem(label: string): string | undefined;
}

/** An item that could not be read, in the partition of an account or of prices. */
type Noticed = Pick<Unreadable, 'key' | 'problem'> & { readonly account: string };

/** The unreadable items of one account: their keys, and the first one with its problem. */
interface Seen {
  readonly keys: Set<string>;
  readonly first: Noticed;
}

/** How many accounts are named at most; there may be hundreds. */
const NAMED = 5;

/** Wraps a reader and records every item that this version cannot read. */
export function noticingReader(reader: LedgerReader): NoticingReader {
  const seen = new Map<string, Seen>();
  const notice = <T extends Found>(found: T | undefined): T | undefined => {
    if (found !== undefined && isUnreadable(found)) add(found);
    return found;
  };
  const noticePrices = (found: FoundPrices | undefined) => {
    if (found === undefined || !('problem' in found)) return;
    const { region, slot, problem } = found;
    add({ account: pricePartition(region), key: formatSecond(slot), problem });
  };
  const add = (found: Noticed) => {
    const { account, key } = found;
    const its = seen.get(account) ?? { keys: new Set<string>(), first: found };
    its.keys.add(key);
    seen.set(account, key < its.first.key ? { ...its, first: found } : its);
  };
  return {
    reader: {
      catalog: () => reader.catalog(),
      newest: async (account, at) => notice(await reader.newest(account, at)),
      newestSnapshot: async (account, at) => notice(await reader.newestSnapshot(account, at)),
      oldestSnapshot: async (account, from, to) => notice(await reader.oldestSnapshot(account, from, to)),
      listed: (account, at, currencies) => reader.listed(account, at, currencies),
      async *entries(account, from, to) {
        for await (const found of reader.entries(account, from, to)) {
          notice(found);
          yield found;
        }
      },
      async get(account, slots) {
        const found = await reader.get(account, slots);
        for (const one of found) notice(one);
        return found;
      },
      async prices(region, slots) {
        const found = await reader.prices(region, slots);
        for (const one of found) noticePrices(one);
        return found;
      },
      async newestPrices(region, at) {
        const found = await reader.newestPrices(region, at);
        noticePrices(found);
        return found;
      },
    },
    problem: (label) => (seen.size === 0 ? undefined : sentence(label, [...seen])),
  };
}

function sentence(label: string, seen: readonly (readonly [string, Seen])[]): string {
  const count = seen.reduce((sum, [, { keys }]) => sum + keys.size, 0);
  const named = seen.slice(0, NAMED).map(([account, { keys, first }]) => {
    const more = keys.size === 1 ? '' : ` and ${keys.size - 1} more up to ${[...keys].sort().at(-1)}`;
    return `${account} ${first.key}, ${first.problem}${more === '' ? '' : `,${more}`}`;
  });
  const rest = seen.length > NAMED ? [`and ${seen.length - NAMED} more accounts`] : [];
  const items = count === 1 ? 'an item this version cannot read' : `${count} items this version cannot read`;
  return `${label} holds ${items}, left out here: ${[...named, ...rest].join('; ')}`;
}
