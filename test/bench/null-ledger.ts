import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { typicalBalances } from '../../cli/cost/typical-balances.ts';
import { typicalPrices } from '../../cli/cost/typical-prices.ts';
import { listen, stop } from '../../infra/local/http-server.ts';
import { DAY, formatSecond, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { encodeItem } from '../../lambda/core/item.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { encodePrices } from '../../lambda/core/price-item.ts';
import { lastSealable } from '../../lambda/core/seal.ts';
import { type EncodedItem, itemBytes } from '../../lambda/core/stored.ts';
import { named } from '../support/local-parts.ts';

// A DynamoDB with one day to seal, in a process of its own so that it costs the sealer nothing. Its items are made when they are
// asked for, in pages of 1 MB, as AWS does: a day of 400 accounts is half a gigabyte.
// node --import tsx null-ledger.ts '{"accounts":400,"minutes":1}' prints {"url"}; GET /counts answers {"requests","units"}.

const READ_UNIT = 4096;
const PAGE = 1024 * 1024;
const CURRENCIES = 28;

const parsed: unknown = JSON.parse(process.argv[2] ?? '');
const of = (name: string) => Number(isObject(parsed) ? parsed[name] : Number.NaN);
const [accounts, step] = [of('accounts'), of('minutes') * MINUTE];
const first = lastSealable('UTC', Date.now());
const names = Array.from({ length: accounts }, (_, index) =>
  named(`${['sg', 'id', 'th'][index % 3]}/a${String(index).padStart(3, '0')}`),
);
const SNAPSHOT = encodeItem({
  ...{ account: named('sg/a000'), slot: first, observedAt: first + SECOND, manual: false, writer: '0.1.0' },
  ...{ keyId: '01234567', balances: typicalBalances(CURRENCIES), unknownFields: [] },
});
const PRICES = encodePrices(typicalPrices(CURRENCIES));
const catalog = [
  ...names.map((name) => key('#catalog', `account#${name}`, { since: { S: formatSecond(first) } })),
  key('#catalog', `schedule#${formatSecond(first)}`, {
    every: { S: step === MINUTE ? '1m' : '1h' },
    timeZone: { S: 'UTC' },
    regions: { S: 'id,sg,th' },
  }),
];

function key(account: string, slot: string, rest: EncodedItem): EncodedItem {
  return { ...rest, account: { S: account }, slot: { S: slot } };
}

/** The items of a partition from a place in it on, and whether there are more. */
function page(partition: string, begin: number): { readonly items: EncodedItem[]; readonly more: boolean } {
  if (partition === '#catalog') return { items: catalog, more: false };
  const isPrices = /^#price\/(sg|id|th)$/.test(partition);
  if (!isPrices && !names.some((name) => name === partition)) return { items: [], more: false };
  const like = isPrices ? PRICES : SNAPSHOT;
  const end = Math.min(DAY / step, begin + Math.floor(PAGE / itemBytes(like)));
  const items = Array.from({ length: end - begin }, (_, index) =>
    key(partition, formatSecond(first + (begin + index) * step), like),
  );
  return { items, more: end < DAY / step };
}

let [requests, units] = [0, 0];
const server = createServer(async (request, response) => {
  const body = await text(request);
  if (request.url === '/counts') return void response.end(JSON.stringify({ requests, units }));
  requests += 1;
  response.setHeader('content-type', 'application/x-amz-json-1.0');
  if (request.headers['x-amz-target'] !== 'DynamoDB_20120810.Query') return void response.end('{}');
  const { ExpressionAttributeValues: values, ExclusiveStartKey: start } = JSON.parse(body);
  const [partition] = Object.values<{ readonly S: string }>(values).map(({ S }) => S);
  const begin = start === undefined ? 0 : (Date.parse(start.slot.S) - first) / step + 1;
  const { items, more } = page(partition ?? '', begin);
  units += Math.max(1, Math.ceil(items.reduce((sum, item) => sum + itemBytes(item), 0) / READ_UNIT));
  const { account, slot } = items.at(-1) ?? {};
  response.end(JSON.stringify({ Items: items, ...(more ? { LastEvaluatedKey: { account, slot } } : {}) }));
});

process.stdout.write(`${JSON.stringify({ url: await listen(server) })}\n`);
process.once('SIGTERM', () => void stop(server));
