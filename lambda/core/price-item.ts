import { formatDecimal, isNegative, isZero, parseDecimal } from './decimal.ts';
import { formatMillisecond, formatSecond, parseMillisecond, parseSecond } from './instant.ts';
import { decodeHead, SCHEMA_VERSION } from './item-head.ts';
import type { Parsed } from './parsed.ts';
import { pricePartition } from './partitions.ts';
import type { LastTrade, PriceSheet } from './prices.ts';
import { REGION_IDS } from './regions.ts';
import type { EncodedItem, StoredItem } from './stored.ts';

/** The type of every attribute except the key and `v`. */
const KINDS = [
  ['observedAt', 'S'],
  ['price', 'M'],
  ['tradedAt', 'M'],
  ['writer', 'S'],
] as const;

/** Encodes the prices of a region for a slot: a map of prices by market, and one of the times of stale trades. */
export function encodePrices({ region, slot, observedAt, prices, writer }: PriceSheet): EncodedItem {
  const stale = [...prices].flatMap(([market, { tradedAt }]) =>
    tradedAt === undefined ? [] : [[market, { S: formatMillisecond(tradedAt) }] as const],
  );
  return {
    account: { S: pricePartition(region) },
    slot: { S: formatSecond(slot) },
    observedAt: { S: formatMillisecond(observedAt) },
    price: {
      M: Object.fromEntries(
        Array.from(prices, ([market, { price }]) => [market, { N: formatDecimal(price) }]),
      ),
    },
    ...(stale.length === 0 ? {} : { tradedAt: { M: Object.fromEntries(stale) } }),
    v: { N: String(SCHEMA_VERSION) },
    writer: { S: writer },
  };
}

/** Decodes the prices of a region for a slot, or says what in the item this version does not understand; never guesses. */
export function decodePrices(item: StoredItem): Parsed<PriceSheet> {
  const region = REGION_IDS.find((id) => pricePartition(id) === item['account']?.S);
  if (region === undefined) return { problem: 'its account is not of the form #price/<region>' };
  const head = decodeHead(item, KINDS);
  if (head.problem !== undefined) return head;
  const prices = new Map<string, LastTrade>();
  const tradedAt = item['tradedAt']?.M ?? {};
  for (const [market, stored] of Object.entries(item['price']?.M ?? {})) {
    const { value: price } = parseDecimal(stored.N ?? '');
    if (price === undefined || isZero(price) || isNegative(price))
      return { problem: `its price ${market} is not a number greater than zero` };
    if (!Object.hasOwn(tradedAt, market)) {
      prices.set(market, { price });
      continue;
    }
    const time = tradedAt[market]?.S ?? '';
    const traded = parseMillisecond(time) ?? parseSecond(time);
    if (traded === undefined)
      return { problem: `its tradedAt ${market} is not of the form 2026-11-22T06:00:01.234Z` };
    prices.set(market, { price, tradedAt: traded });
  }
  return { value: { region, ...head.value, prices } };
}
