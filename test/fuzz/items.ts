import { decodeCatalog, encodeAccountEntry, encodeScheduleEntry } from '../../lambda/core/catalog.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { DAY, SECOND } from '../../lambda/core/instant.ts';
import { decodeItem, encodeItem } from '../../lambda/core/item.ts';
import { type Entry, isFailure } from '../../lambda/core/snapshot.ts';
import type { StoredItem, StoredValue } from '../../lambda/core/stored.ts';
import { SLOT } from '../support/memory-parts.ts';
import { amountText, oracle } from './amounts.ts';
import type { Chance } from './chance.ts';
import { mutateText, oddText } from './mutate.ts';
import { must, type Target } from './target.ts';

/** A value of any DynamoDB type; we use some of them. */
function anyValue(chance: Chance): StoredValue {
  return chance.pick<() => StoredValue>([
    () => ({ S: oddText(chance) }),
    () => ({ N: chance.oneIn(3) ? oddText(chance) : amountText(chance) }),
    () => ({ BOOL: chance.oneIn(2) }),
    () => ({ SS: chance.times(chance.below(4), () => oddText(chance)) }),
    () => ({
      M: Object.fromEntries(chance.times(chance.below(3), () => [oddText(chance), anyValue(chance)])),
    }),
    () => ({}),
  ])();
}

function amounts(chance: Chance, currencies: readonly string[]): StoredValue {
  return { M: Object.fromEntries(currencies.map((currency) => [currency, { N: amountText(chance) }])) };
}

function snapshotItem(chance: Chance): StoredItem {
  const currencies = chance.times(chance.below(6), (index) =>
    chance.oneIn(20) ? oddText(chance) : `C${index}`,
  );
  const some = () => currencies.filter(() => chance.oneIn(2));
  return {
    balance: amounts(chance, currencies),
    locked: amounts(chance, some()),
    avgBuyPrice: amounts(chance, some()),
    unitCurrency: { S: 'SGD' },
    unitCurrencyOf: { M: Object.fromEntries(some().map((currency) => [currency, { S: 'USDT' }])) },
    avgBuyPriceModified: { SS: some() },
    keyId: { S: '01234567' },
    ...(chance.oneIn(4) ? { serverDate: { S: '2026-11-22T06:00:00Z' } } : {}),
    ...(chance.oneIn(4) ? { unknownFields: { SS: ['b', 'a'] } } : {}),
  };
}

function item(chance: Chance): StoredItem {
  const common = {
    account: { S: 'sg/main' },
    slot: { S: '2026-11-22T06:00:00Z' },
    observedAt: { S: '2026-11-22T06:00:01.234Z' },
    v: { N: '1' },
    writer: { S: 'fuzz' },
  };
  if (chance.oneIn(3))
    return {
      ...common,
      failure: { S: 'late' },
      detail: { S: oddText(chance) },
      attempts: { N: String(chance.below(9)) },
      ...(chance.oneIn(3) ? { answer: { S: oddText(chance) }, answerCut: { BOOL: chance.oneIn(2) } } : {}),
    };
  return { ...common, ...snapshotItem(chance) };
}

function entry(chance: Chance): StoredItem {
  const since = SLOT - chance.below(1_000) * SECOND;
  return chance.oneIn(2)
    ? encodeAccountEntry({
        account: 'sg/main',
        since,
        ...(chance.oneIn(2) ? { closedFrom: SLOT, blockedUntil: SLOT + DAY } : {}),
      })
    : encodeScheduleEntry({ from: since, every: '1h', timeZone: 'UTC', regions: ['id', 'sg'] });
}

/** One attribute replaced, removed or added, or a string or an amount in it changed. */
function changed(chance: Chance, stored: StoredItem): StoredItem {
  const attributes: [string, StoredValue][] = Object.entries(stored);
  const index = chance.below(attributes.length);
  const [name = '', value = {}] = attributes[index] ?? [];
  const roll = chance.below(6);
  if (roll === 0) attributes.splice(index, 1);
  else if (roll === 1) attributes.push([oddText(chance), anyValue(chance)]);
  else if (roll === 2) attributes[index] = [name, anyValue(chance)];
  else if (value.S !== undefined) attributes[index] = [name, { S: mutateText(chance, value.S) }];
  else if (value.M !== undefined && Object.keys(value.M).length > 0)
    attributes[index] = [name, { M: changed(chance, value.M) }];
  else if (value.N !== undefined) attributes[index] = [name, { N: mutateText(chance, value.N) }];
  return Object.fromEntries(attributes);
}

/** Stored items, ours or not: `decodeItem`, `decodeCatalog`. */
export const items: Target<StoredItem> = {
  name: 'items',
  share: 12,
  make(chance) {
    let stored = chance.oneIn(4) ? entry(chance) : item(chance);
    for (let change = chance.below(3); change > 0; change -= 1) stored = changed(chance, stored);
    return stored;
  },
  judge(stored) {
    const catalog = decodeCatalog([stored]);
    if (catalog.problem !== undefined)
      must(/^catalog entry (account|schedule)#.*: (its|not) /s.test(catalog.problem), () =>
        String(catalog.problem),
      );
    const { value, problem } = decodeItem(stored);
    if (problem !== undefined) {
      must(/^(its|it has) /.test(problem), () => `it does not say where: ${problem}`);
      if (catalog.problem !== undefined) return 'a catalog entry rejected';
      return catalog.value.accounts.size + catalog.value.schedules.length > 0
        ? 'a catalog entry'
        : 'rejected';
    }
    judgeEntry(value, stored);
    return isFailure(value) ? 'a failure' : 'a snapshot';
  },
};

function judgeEntry(value: Entry, stored: StoredItem): void {
  const encoded = encodeItem(value);
  const again = decodeItem(encoded);
  must(again.value !== undefined, () => `it cannot be read back: ${again.problem}`);
  must(
    JSON.stringify(encodeItem(again.value)) === JSON.stringify(encoded),
    () => 'it is not read back unchanged',
  );
  if (isFailure(value)) return;
  must(value.balances.length === Object.keys(stored['balance']?.M ?? {}).length, () => 'a part of the whole');
  const named = ['locked', 'avgBuyPrice', 'unitCurrencyOf'].flatMap((name) =>
    Object.keys(stored[name]?.M ?? {}),
  );
  const currencies = value.balances.map(({ currency }) => currency);
  for (const currency of [...named, ...(stored['avgBuyPriceModified']?.SS ?? [])])
    must(currencies.includes(currency), () => `${currency} has no balance and was ignored`);
  for (const line of value.balances) {
    for (const [amount, name] of [
      [line.balance, 'balance'],
      [line.locked, 'locked'],
      [line.avgBuyPrice, 'avgBuyPrice'],
    ] as const) {
      const column = stored[name]?.M ?? {};
      const sent = Object.hasOwn(column, line.currency) ? column[line.currency]?.N : '0';
      must(
        oracle(sent)?.eq(formatDecimal(amount)) === true,
        () => `${name} ${sent} is read as ${formatDecimal(amount)}`,
      );
    }
  }
}
