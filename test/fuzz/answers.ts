import type Big from 'big.js';
import type { UpbitAnswer } from '../../lambda/adapters/upbit/http-answer.ts';
import { judgeAnswer } from '../../lambda/adapters/upbit/verdict.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { isFailureCode } from '../../lambda/core/failures.ts';
import { DAY, SECOND } from '../../lambda/core/instant.ts';
import { decodeItem, encodeItem } from '../../lambda/core/item.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { itemBytes } from '../../lambda/core/stored.ts';
import type { Balances, Refusal } from '../../lambda/core/verdict.ts';
import { SLOT } from '../support/memory-parts.ts';
import { leaksIn } from '../system/faults/leaks.ts';
import { amountText, oracle } from './amounts.ts';
import type { Chance } from './chance.ts';
import { ACCESS_KEY, mutateBytes, mutatedJson, oddText, SECRET_KEY } from './mutate.ts';
import { must, mustBeSentence, type Target } from './target.ts';
import { doubled, hasTwice } from './twice.ts';

const KEYS = [ACCESS_KEY, SECRET_KEY];
const AMOUNTS = ['balance', 'locked', 'avg_buy_price'] as const;
const FIELDS = [...AMOUNTS, 'currency', 'avg_buy_price_modified', 'unit_currency'];
const STATUSES = [
  201, 204, 206, 302, 304, 400, 401, 403, 404, 408, 418, 418, 429, 429, 500, 503, 599,
] as const;
const SERVERS = ['nginx/1.25', 'cloudflare', 'awselb/2.0', ACCESS_KEY, `${SECRET_KEY}/1.0`] as const;
const NAMES = [
  'jwt_verification',
  'invalid_access_key',
  'expired_access_key',
  'nonce_used',
  'no_authorization_ip',
  'out_of_scope',
  'thirdparty_agreement_required',
  'too_many_requests',
] as const;
const MESSAGES = [
  'blocked for 90 seconds',
  'This IP is blocked for 2 minutes and 30 seconds.',
  '1시간 동안 차단되었습니다',
  'blocked until 2026-11-22T06:10:01Z',
  'wait 999999999 ms',
  'for 999 days',
] as const;
const HEADERS = [
  '60',
  '0',
  '-1',
  '999999999',
  '1e9',
  'Sun, 22 Nov 2026 06:00:00 GMT',
  'Sun, 22 Nov 9999 06:00:00 GMT',
] as const;

function line(chance: Chance, index: number) {
  return {
    currency: chance.oneIn(20) ? oddText(chance) : `C${index}`,
    balance: amountText(chance),
    locked: chance.oneIn(2) ? '0' : amountText(chance),
    avg_buy_price: amountText(chance),
    avg_buy_price_modified: chance.oneIn(2),
    unit_currency: chance.pick(['SGD', 'USDT', 'BTC']),
    ...(chance.oneIn(30) ? { [oddText(chance)]: 1 } : {}),
  };
}

function body(chance: Chance, status: number): Buffer {
  if (status === 200 && chance.oneIn(8)) return page(chance);
  if (status === 200) {
    const lines = chance.times(chance.below(chance.oneIn(50) ? 60 : 8), (index) => line(chance, index));
    return chance.oneIn(12)
      ? Buffer.from(doubled(chance, JSON.stringify(lines)))
      : mutatedJson(chance, lines, 2);
  }
  const name = chance.oneIn(3) ? oddText(chance) : chance.pick(NAMES);
  const message = chance.oneIn(3) ? oddText(chance) : chance.pick(MESSAGES);
  return chance.oneIn(6)
    ? page(chance)
    : chance.oneIn(6)
      ? mutatedJson(chance, chance.pick([{ message }, { error: { message } }]))
      : mutatedJson(chance, { error: { name, message } });
}

/** What a machine in between may answer; it has seen the keys. */
function page(chance: Chance): Buffer {
  const words = chance.times(chance.below(12), () =>
    chance.pick([
      'Service',
      'unavailable.',
      '<br>',
      '<title>Forbidden</title>',
      ...KEYS,
      ...KEYS.map((key) => Buffer.from(key).toString('base64')),
      ...KEYS.map((key) => key.slice(0, 14)),
      oddText(chance),
    ]),
  );
  return mutateBytes(chance, Buffer.from(`<html>${words.join(' ')}`));
}

const header = (chance: Chance) =>
  chance.oneIn(2) ? null : chance.oneIn(3) ? oddText(chance) : chance.pick(HEADERS);

/** Whole answers of Upbit: `judgeAnswer` and everything it calls. */
export const answers: Target<UpbitAnswer> = {
  name: 'answers',
  share: 20,
  make(chance) {
    const status = chance.oneIn(4) ? chance.pick(STATUSES) : 200;
    return {
      status,
      date: header(chance),
      retryAfter: header(chance),
      headersAt: SLOT,
      server: chance.oneIn(2) ? chance.pick(SERVERS) : header(chance),
      body: chance.oneIn(200) ? undefined : body(chance, status),
    };
  },
  judge(answer) {
    const verdict = judgeAnswer(answer, SLOT, KEYS);
    if (verdict.kind === 'balances') judgeBalances(answer, verdict);
    else judgeRefusal(answer, verdict);
    return verdict.kind === 'balances' ? 'accepted' : verdict.code;
  },
};

const IN_FRONT = /^Upbit’s own answer did not arrive: something in front of it sent \d{3}, /;
const WHERE =
  /^(the answer (is|has|repeats)|\[\d+\](\.(currency|balance|locked|avg_buy_price|avg_buy_price_modified|unit_currency))? )/;

function judgeRefusal({ status, body: bytes }: UpbitAnswer, refusal: Refusal): void {
  const { code, detail, retry, notBefore, block } = refusal;
  must(isFailureCode(code), () => `an unknown code ${code}`);
  const isOwn = !IN_FRONT.test(detail);
  mustBeSentence(detail, !isOwn ? IN_FRONT : status === 200 ? WHERE : /^Upbit answered \d{3}/, KEYS);
  must(isOwn || (code === 'upbit.unavailable' && retry === 'later'), () => `${retry} after ${detail}`);
  must(!isOwn || retry === 'never' || status >= 300, () => `a ${status} that is retried`);
  for (const until of [notBefore ?? SLOT, block?.until ?? SLOT])
    must(until >= SLOT && until <= SLOT + 30 * DAY + SECOND, () => `to wait until ${until}`);
  must((block?.until ?? 0) % SECOND === 0, () => 'a block with a part of a second');
  if (status !== 200) return;
  must(isOwn === (bytes === undefined || read(bytes) !== undefined), () => `whole JSON or not: ${detail}`);
  must(
    !isOwn || code === 'response.malformed' || code === 'response.tooLarge',
    () => `a 200 that is ${code}`,
  );
  must(readLines(bytes) === undefined, () => `rejected although valid: ${detail}`);
  judgeKept(bytes, refusal);
}

/** Upbit's own answer is kept, whole if it is small and has no key in it. */
function judgeKept(bytes: Uint8Array | undefined, { code, answer }: Refusal): void {
  must((code === 'response.malformed') === (answer !== undefined), () => `${code}, and kept or not`);
  // Searching for keys takes longer than all the rest, so it is done for one answer in sixteen.
  if (answer === undefined || answer.text.length % 16 > 0) return;
  must(Buffer.byteLength(answer.text) <= 65_536, () => 'more than 64 KB are kept');
  must(leaksIn(answer.text, KEYS).length === 0, () => `a key is kept: ${answer.text}`);
  const sent = new TextDecoder().decode(bytes);
  must(
    answer.text === sent || sent.length > 16_000 || leaksIn(sent, KEYS).length > 0,
    () => `something else is kept: ${answer.text}`,
  );
}

/** A line as it was sent, its amounts as big.js reads them. */
interface Line {
  readonly sent: Readonly<Record<string, unknown>>;
  readonly amounts: readonly Big[];
}

/** A second implementation of the rules, with big.js: the lines by currency; undefined if one is wrong. */
function readLines(bytes: Uint8Array | undefined): ReadonlyMap<string, Line> | undefined {
  const json = bytes === undefined ? undefined : read(bytes);
  if (!Array.isArray(json) || hasTwice(new TextDecoder().decode(bytes))) return undefined;
  const lines = new Map<string, Line>();
  const names: string[] = [];
  for (const sent of json) {
    if (!isObject(sent) || !FIELDS.every((name) => Object.hasOwn(sent, name))) return undefined;
    const { currency, unit_currency: unit, avg_buy_price_modified: modified } = sent;
    if (!isName(currency) || !isName(unit) || typeof modified !== 'boolean' || lines.has(currency))
      return undefined;
    const amounts = AMOUNTS.flatMap((name) => oracle(sent[name]) ?? []);
    if (amounts.length < AMOUNTS.length) return undefined;
    lines.set(currency, { sent, amounts });
    names.push(currency, unit, ...Object.keys(sent));
  }
  return names.some((name) => KEYS.some((key) => name.includes(key))) ? undefined : lines;
}

function isName(value: unknown): value is string {
  if (typeof value !== 'string' || value === '__proto__') return false;
  return value.length >= 1 && value.length <= 64 && !/\p{Surrogate}/u.test(value);
}

function read(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

function judgeBalances({ status, body: bytes }: UpbitAnswer, { balances, unknownFields }: Balances): void {
  const lines = readLines(bytes);
  must(status === 200 && lines !== undefined, () => 'accepted although invalid');
  must(lines.size === balances.length, () => `${balances.length} of ${lines.size} lines were kept`);
  for (const kept of balances) judgeLine(kept, lines.get(kept.currency));
  const common = {
    account: 'sg/main',
    slot: SLOT,
    observedAt: SLOT,
    manual: false,
    writer: 'fuzz',
    keyId: '0',
  } as const;
  const item = encodeItem({ ...common, balances, unknownFields });
  must(Number.isSafeInteger(itemBytes(item)), () => 'an item without a size');
  const back = decodeItem(item);
  must(back.value !== undefined, () => `it cannot be read back: ${back.problem}`);
  must(
    JSON.stringify(encodeItem(back.value)) === JSON.stringify(item),
    () => 'it is not read back unchanged',
  );
}

function judgeLine(kept: Balance, line: Line | undefined): void {
  must(line !== undefined, () => `the line ${kept.currency} was not sent`);
  must(kept.unitCurrency === line.sent['unit_currency'], () => 'another unit');
  must(kept.avgBuyPriceModified === line.sent['avg_buy_price_modified'], () => 'another flag');
  for (const [index, amount] of [kept.balance, kept.locked, kept.avgBuyPrice].entries()) {
    const written = formatDecimal(amount);
    must(written.length <= 300, () => `an amount of ${written.length} characters`);
    must(line.amounts[index]?.eq(written) === true, () => `${line.amounts[index]} is kept as ${written}`);
  }
}
