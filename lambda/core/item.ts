import { parseAccountName } from './account.ts';
import type { Balance } from './balances.ts';
import { type Decimal, formatDecimal, isNegative, isZero, parseDecimal, ZERO } from './decimal.ts';
import { withoutRemedy, withRemedy } from './failures.ts';
import { formatMillisecond, formatSecond, parseSecond } from './instant.ts';
import { decodeHead, SCHEMA_VERSION } from './item-head.ts';
import { byCodeOrder } from './order.ts';
import type { Parsed } from './parsed.ts';
import { type Entry, type Failure, isFailure, type Snapshot } from './snapshot.ts';
import type { EncodedItem, EncodedValue, StoredItem } from './stored.ts';

/** The type of every attribute except the key and `v`. */
const KINDS = [
  ['observedAt', 'S'],
  ['balance', 'M'],
  ['locked', 'M'],
  ['avgBuyPrice', 'M'],
  ['unitCurrency', 'S'],
  ['unitCurrencyOf', 'M'],
  ['avgBuyPriceModified', 'SS'],
  ['serverDate', 'S'],
  ['keyId', 'S'],
  ['failure', 'S'],
  ['detail', 'S'],
  ['attempts', 'N'],
  ['answer', 'S'],
  ['answerCut', 'BOOL'],
  ['unknownFields', 'SS'],
  ['manual', 'BOOL'],
  ['writer', 'S'],
] as const;

/**
 * Encodes a snapshot or a failure. Columns, not rows: one map per field, so that twenty currencies fit one write unit;
 * a currency absent from a sparse map has zero (amounts), the common unit, or false.
 */
export function encodeItem(entry: Entry): EncodedItem {
  return {
    account: { S: entry.account },
    slot: { S: formatSecond(entry.slot) },
    observedAt: { S: formatMillisecond(entry.observedAt) },
    ...(isFailure(entry) ? encodeFailure(entry) : encodeSnapshot(entry)),
    ...(entry.manual ? { manual: { BOOL: true } } : {}),
    v: { N: String(SCHEMA_VERSION) },
    writer: { S: entry.writer },
  };
}

function encodeFailure(failure: Failure): EncodedItem {
  return {
    failure: { S: failure.failure },
    detail: { S: withRemedy(failure.detail, failure.failure) },
    attempts: { N: String(failure.attempts) },
    ...(failure.keyId === undefined ? {} : { keyId: { S: failure.keyId } }),
    ...(failure.answer === undefined ? {} : { answer: { S: failure.answer.text } }),
    ...(failure.answer?.isCut === true ? { answerCut: { BOOL: true } } : {}),
  };
}

function encodeSnapshot(snapshot: Snapshot): EncodedItem {
  const { balances } = snapshot;
  const unit = commonUnit(balances);
  const modified = balances.filter((line) => line.avgBuyPriceModified).map((line) => line.currency);
  const otherUnits = balances.filter((line) => line.unitCurrency !== unit);
  return {
    balance: { M: amounts(balances, (line) => line.balance) },
    ...sparse(
      'locked',
      amounts(
        balances.filter((line) => !isZero(line.locked)),
        (line) => line.locked,
      ),
    ),
    ...sparse(
      'avgBuyPrice',
      amounts(
        balances.filter((line) => !isZero(line.avgBuyPrice)),
        (line) => line.avgBuyPrice,
      ),
    ),
    ...(unit === undefined ? {} : { unitCurrency: { S: unit } }),
    ...sparse(
      'unitCurrencyOf',
      Object.fromEntries(otherUnits.map((line) => [line.currency, { S: line.unitCurrency }])),
    ),
    ...(modified.length === 0 ? {} : { avgBuyPriceModified: { SS: modified } }),
    ...(snapshot.serverDate === undefined ? {} : { serverDate: { S: formatSecond(snapshot.serverDate) } }),
    ...(snapshot.unknownFields.length === 0 ? {} : { unknownFields: { SS: [...snapshot.unknownFields] } }),
    keyId: { S: snapshot.keyId },
  };
}

function amounts(
  balances: readonly Balance[],
  amount: (line: Balance) => Decimal,
): Record<string, EncodedValue> {
  return Object.fromEntries(balances.map((line) => [line.currency, { N: formatDecimal(amount(line)) }]));
}

function sparse(name: string, map: Record<string, EncodedValue>): EncodedItem {
  return Object.keys(map).length === 0 ? {} : { [name]: { M: map } };
}

/** The unit of most lines; of several, the first in code order. Undefined if there are no lines. */
function commonUnit(balances: readonly Balance[]): string | undefined {
  const counts = new Map<string, number>();
  for (const { unitCurrency } of balances) counts.set(unitCurrency, (counts.get(unitCurrency) ?? 0) + 1);
  return [...counts].sort(([a, m], [b, n]) => n - m || byCodeOrder(a, b))[0]?.[0];
}

/**
 * Decodes an item, or says what in it this version does not understand; never guesses. Numbers may have exponents, as
 * some stores print them.
 */
export function decodeItem(item: StoredItem): Parsed<Entry> {
  const account = parseAccountName(item['account']?.S ?? '');
  if (account === undefined) return { problem: 'its account is not of the form <region>/<name>' };
  const head = decodeHead(item, KINDS);
  if (head.problem !== undefined) return head;
  const manual = item['manual']?.BOOL === true;
  const recorded = { account, ...head.value, manual };
  const failure = item['failure']?.S;
  if (failure === undefined) return decodeSnapshot(item, recorded);
  if (item['balance'] !== undefined) return { problem: 'it has both a balance and a failure' };
  return decodeFailure(item, recorded, failure);
}

type RecordedPart = Pick<Entry, 'account' | 'slot' | 'observedAt' | 'manual' | 'writer'>;

function decodeFailure(item: StoredItem, recorded: RecordedPart, failure: string): Parsed<Failure> {
  const attempts = Number(item['attempts']?.N ?? '0');
  if (!Number.isSafeInteger(attempts) || attempts < 0)
    return { problem: 'its attempts are not a whole number' };
  const keyId = item['keyId']?.S;
  const answer = item['answer']?.S;
  return {
    value: {
      ...recorded,
      failure,
      detail: withoutRemedy(item['detail']?.S ?? '', failure),
      attempts,
      ...(keyId === undefined ? {} : { keyId }),
      ...(answer === undefined ? {} : { answer: { text: answer, isCut: item['answerCut']?.BOOL === true } }),
    },
  };
}

function decodeSnapshot(item: StoredItem, recorded: RecordedPart): Parsed<Snapshot> {
  const { value: balances, problem } = decodeBalances(item);
  if (problem !== undefined) return { problem };
  const snapshot = {
    ...recorded,
    balances,
    // The store returns a set in its own order.
    unknownFields: [...(item['unknownFields']?.SS ?? [])].sort(byCodeOrder),
    keyId: item['keyId']?.S ?? '',
  };
  if (item['serverDate'] === undefined) return { value: snapshot };
  const serverDate = parseSecond(item['serverDate'].S ?? '');
  if (serverDate === undefined) return { problem: 'its serverDate is not of the form 2026-11-22T06:00:00Z' };
  return { value: { ...snapshot, serverDate } };
}

function decodeBalances(item: StoredItem): Parsed<Balance[]> {
  const available = decodeAmounts(item, 'balance');
  if (available.problem !== undefined) return available;
  if (available.value === undefined) return { problem: 'it has neither a balance nor a failure' };
  const locked = decodeAmounts(item, 'locked');
  if (locked.problem !== undefined) return locked;
  const avgBuyPrice = decodeAmounts(item, 'avgBuyPrice');
  if (avgBuyPrice.problem !== undefined) return avgBuyPrice;
  const modified = new Set(item['avgBuyPriceModified']?.SS ?? []);
  const unitOf = new Map(Object.entries(item['unitCurrencyOf']?.M ?? {}));
  for (const [name, currencies] of [
    ['locked', locked.value?.keys() ?? []],
    ['avgBuyPrice', avgBuyPrice.value?.keys() ?? []],
    ['avgBuyPriceModified', modified],
    ['unitCurrencyOf', unitOf.keys()],
  ] as const) {
    for (const currency of currencies) {
      if (!available.value.has(currency))
        return { problem: `its ${name} names a currency that its balance lacks` };
    }
  }
  const balances: Balance[] = [];
  for (const [currency, balance] of available.value) {
    const unitCurrency = (unitOf.get(currency) ?? item['unitCurrency'])?.S;
    if (unitCurrency === undefined)
      return { problem: `it has no unitCurrency for ${JSON.stringify(currency)}` };
    balances.push({
      currency,
      balance,
      locked: locked.value?.get(currency) ?? ZERO,
      avgBuyPrice: avgBuyPrice.value?.get(currency) ?? ZERO,
      avgBuyPriceModified: modified.has(currency),
      unitCurrency,
    });
  }
  return { value: balances.sort((a, b) => byCodeOrder(a.currency, b.currency)) };
}

function decodeAmounts(item: StoredItem, name: string): Parsed<Map<string, Decimal> | undefined> {
  const map = item[name]?.M;
  if (map === undefined) return { value: undefined };
  const amounts = new Map<string, Decimal>();
  for (const [currency, stored] of Object.entries(map)) {
    const amount = parseDecimal(stored.N ?? '');
    if (amount.problem !== undefined)
      return { problem: `its ${name} of ${JSON.stringify(currency)} ${amount.problem}` };
    if (isNegative(amount.value))
      return { problem: `its ${name} of ${JSON.stringify(currency)} is negative` };
    amounts.set(currency, amount.value);
  }
  return { value: amounts };
}
