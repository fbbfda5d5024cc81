import { regionOf } from '../../lambda/core/account.ts';
import type { Balance } from '../../lambda/core/balances.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { LastTrade, Prices } from '../../lambda/core/prices.ts';
import type { Region } from '../../lambda/core/regions.ts';
import {
  addSums,
  type Holding,
  type PricesOf,
  type Sum,
  sumOf,
  unitsOf,
  valued,
} from '../../lambda/core/worth.ts';
import { regionsBehind } from '../../lambda/history/price-book.ts';
import { lastUpTo } from './bisect.ts';
import { type AccountRecord, holdingAt, type PriceRecord, type ReportRecord, type Taken } from './record.ts';

/** What a snapshot was worth, by the prices of exactly its slot. */
export interface Worth {
  readonly account: AccountRecord;
  readonly snapshot: Taken;
  /** By currency, in code order. */
  readonly holdings: readonly Holding[];
  readonly sum: Sum;
  /** The regions of which no price was recorded for the slot, if the sum lacks something. */
  readonly priceless: readonly Region[];
}

/** What an account's snapshot was worth in a unit: exact. */
export function worthOf(
  { prices }: Pick<ReportRecord, 'prices'>,
  account: AccountRecord,
  snapshot: Taken,
  unit: string,
): Worth {
  const region = regionOf(account.account);
  const sheets = sheetsAt(prices, snapshot.slot);
  const holdings = valued(balancesOf(account, snapshot.index), unit, region, sheets);
  const sum = sumOf(holdings);
  const priceless = sum.unpriced.length === 0 ? [] : regionsOf(account, unit).filter((id) => !sheets.has(id));
  return { account, snapshot, holdings, sum, priceless };
}

/** The regions whose prices the worth of an account depends on. */
export function regionsOf({ account }: Pick<AccountRecord, 'account'>, unit: string): readonly Region[] {
  return regionsBehind(regionOf(account), unit);
}

/** What several snapshots were worth together. */
export function sumOfWorths(worths: readonly Worth[]): Sum {
  return addSums(worths.map(({ sum }) => sum));
}

/** The currencies in which worth can be given, the one that the page opens with among them. */
export function unitsIn({ prices, unit }: Pick<ReportRecord, 'prices' | 'unit'>): readonly string[] {
  const markets = [...prices.values()].flatMap((its) => [...its.markets.keys()]);
  const known = new Set(markets.flatMap((market) => market.split('-')));
  const units = unitsOf([...prices.keys()]).filter((one) => known.has(one));
  return units.includes(unit) ? units : [unit, ...units];
}

/** The prices of exactly a slot, by region. */
function sheetsAt(prices: ReadonlyMap<Region, PriceRecord>, slot: Instant): PricesOf {
  return new Map(
    [...prices].flatMap(([region, record]) => {
      const index = placeOf(record.slots, slot);
      return index === undefined ? [] : [[region, { prices: tradesAt(record, index) }] as const];
    }),
  );
}

/** The place of exactly a slot; undefined if it is not there. */
function placeOf(slots: readonly Instant[], slot: Instant): number | undefined {
  const place = lastUpTo(slots.length, (at) => (slots[at] ?? Infinity) <= slot);
  return slots[place] === slot ? place : undefined;
}

/** Looked up one by one, because a column is decoded when it is first needed. */
function tradesAt({ markets }: PriceRecord, index: number): Pick<Prices, 'get' | 'has'> {
  const get = (market: string): LastTrade | undefined => {
    const column = markets.get(market);
    const price = column?.price.at(index);
    const tradedAt = column?.tradedAt?.at(index);
    if (price === undefined) return undefined;
    return tradedAt === undefined ? { price } : { price, tradedAt: Number(formatDecimal(tradedAt)) };
  };
  return { get, has: (market) => get(market) !== undefined };
}

function balancesOf({ currencies }: AccountRecord, index: number): Balance[] {
  return [...currencies].flatMap(([currency, column]) => {
    const holding = holdingAt(column, index);
    return holding === undefined ? [] : [{ currency, ...holding }];
  });
}
