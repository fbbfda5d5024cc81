import { type Instant, parseMillisecond, parseSecond } from './instant.ts';
import type { Parsed } from './parsed.ts';
import type { StoredItem, StoredValue } from './stored.ts';

/** The version of the item format. */
export const SCHEMA_VERSION = 1;

/** What every item of a slot has, of whichever partition. */
export interface ItemHead {
  readonly slot: Instant;
  readonly observedAt: Instant;
  readonly writer: string;
}

/** Decodes an item's head, or says why this version cannot read the item; `kinds` are the types of its other attributes. */
export function decodeHead(
  item: StoredItem,
  kinds: readonly (readonly [name: string, kind: keyof StoredValue])[],
): Parsed<ItemHead> {
  const slot = parseSecond(item['slot']?.S ?? '');
  if (slot === undefined) return { problem: 'its slot is not of the form 2026-11-22T06:00:00Z' };
  if (Number(item['v']?.N) !== SCHEMA_VERSION) {
    return {
      problem: `its schema version is ${item['v']?.N ?? 'absent'}, and this program reads ${SCHEMA_VERSION}`,
    };
  }
  for (const [name, kind] of kinds) {
    if (item[name] !== undefined && item[name][kind] === undefined)
      return { problem: `its ${name} is not of type ${kind}` };
  }
  const observedAt = parseMillisecond(item['observedAt']?.S ?? '');
  if (observedAt === undefined)
    return { problem: 'its observedAt is not of the form 2026-11-22T06:00:01.234Z' };
  return { value: { slot, observedAt, writer: item['writer']?.S ?? '' } };
}
