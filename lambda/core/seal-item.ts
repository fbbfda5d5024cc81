import { formatMillisecond, formatSecond, parseMillisecond, parseSecond } from './instant.ts';
import { SCHEMA_VERSION } from './item-head.ts';
import { byCodeOrder } from './order.ts';
import type { Parsed } from './parsed.ts';
import { SEAL_PARTITION } from './partitions.ts';
import { dayName, type Seal, type SealedItem } from './seal.ts';
import { isTimeZone, localMidnight } from './slots.ts';
import type { EncodedItem } from './stored.ts';

/** The item of a seal. */
export function encodeSeal(seal: Seal): EncodedItem {
  const { from, timeZone, root, previous, accounts, items, sealedAt, timestamp, writer } = seal;
  return {
    account: { S: SEAL_PARTITION },
    slot: { S: formatSecond(from) },
    day: { S: dayName(seal) },
    timeZone: { S: timeZone },
    root: { S: root },
    ...(previous === undefined ? {} : { previous: { S: previous } }),
    accounts: { M: Object.fromEntries(Array.from(accounts, ([account, hash]) => [account, { S: hash }])) },
    items: {
      M: Object.fromEntries(Array.from(items, ([account, count]) => [account, { N: String(count) }])),
    },
    sealedAt: { S: formatMillisecond(sealedAt) },
    ...(timestamp === undefined ? {} : { timestamp: { B: timestamp } }),
    v: { N: String(SCHEMA_VERSION) },
    writer: { S: writer },
  };
}

const HASH = /^[0-9a-f]{64}$/;
const COUNT = /^[1-9]\d{0,8}$/;

/** Decodes the item of a seal, or says what in it is not as in a seal. */
export function decodeSeal(item: SealedItem): Parsed<Seal> {
  const text = (name: string) => item[name]?.S ?? '';
  const from = parseSecond(text('slot'));
  const timeZone = text('timeZone');
  const sealedAt = parseMillisecond(text('sealedAt'));
  const previous = item['previous'] === undefined ? undefined : text('previous');
  const accounts = entries(item, 'accounts', ({ S = '' }) => (HASH.test(S) ? S : undefined));
  const items = entries(item, 'items', ({ N = '' }) => (COUNT.test(N) ? Number(N) : undefined));
  if (from === undefined) return { problem: 'its slot is not of the form 2026-11-22T06:00:00Z' };
  if (Number(item['v']?.N) !== SCHEMA_VERSION) {
    return {
      problem: `its schema version is ${item['v']?.N ?? 'absent'}, and this program reads ${SCHEMA_VERSION}`,
    };
  }
  if (!isTimeZone(timeZone)) return { problem: 'its timeZone is not a time zone of a stack' };
  if (localMidnight(timeZone, from) !== from)
    return { problem: 'its slot is not the first instant of a day' };
  if (text('day') !== dayName({ from, timeZone })) return { problem: 'its day is not the day of its slot' };
  if (!HASH.test(text('root'))) return { problem: 'its root is not 64 hex digits' };
  if (previous !== undefined && !HASH.test(previous)) return { problem: 'its previous is not 64 hex digits' };
  if (sealedAt === undefined) return { problem: 'its sealedAt is not of the form 2026-11-22T06:00:01.234Z' };
  if (accounts === undefined) return { problem: 'its accounts are not a map of hashes of 64 hex digits' };
  if (items === undefined) return { problem: 'its items are not a map of whole numbers above 0' };
  if (accounts.size !== items.size || ![...accounts.keys()].every((account) => items.has(account)))
    return { problem: 'its accounts and items do not name the same accounts' };
  const timestamp = item['timestamp']?.B;
  if (item['timestamp'] !== undefined && timestamp === undefined)
    return { problem: 'its timestamp is not of the kind B' };
  const [root, writer] = [text('root'), text('writer')];
  return { value: { from, timeZone, root, previous, accounts, items, sealedAt, timestamp, writer } };
}

/** The entries of a map attribute in code order; undefined if it is none, or one of its values is not valid. */
function entries<T>(
  item: SealedItem,
  name: string,
  parse: (value: SealedItem[string]) => T | undefined,
): Map<string, T> | undefined {
  const map = item[name]?.M;
  if (map === undefined) return undefined;
  const parsed = new Map<string, T>();
  for (const [key, stored] of Object.entries(map).sort(([a], [b]) => byCodeOrder(a, b))) {
    const value = parse(stored);
    if (value === undefined) return undefined;
    parsed.set(key, value);
  }
  return parsed;
}
