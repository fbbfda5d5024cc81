import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { PriceBuilder } from '../../../cli/report/price-builder.ts';
import type { PriceRecord } from '../../../cli/report/record.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { PriceSheet } from '../../../lambda/core/prices.ts';
import { sheet } from '../../support/memory-ledger.ts';
import { BEGIN } from '../../support/report-record.ts';

const MARKETS = ['SGD-BTC', 'SGD-ETH', 'USDT-XRP'];

/** Sheets of successive hours, each with any of the markets, some of them stale. */
const sheets = fc
  .array(
    fc.array(fc.record({ price: fc.integer({ min: 1, max: 5 }), isStale: fc.boolean() }), { maxLength: 3 }),
    {
      maxLength: 20,
    },
  )
  .map((hours) =>
    hours.map((markets, hour) => {
      const slot = BEGIN + hour * HOUR;
      const prices = markets.map(({ price, isStale }, place) => [
        MARKETS[place],
        isStale ? [`${price}.5`, slot - 5 * HOUR] : `${price}.5`,
      ]);
      return sheet('sg', slot, Object.fromEntries(prices));
    }),
  );

/** What a record says of each slot. */
function told(record: PriceRecord | undefined) {
  return record?.slots.map((slot, index) => [
    slot,
    [...record.markets].flatMap(([market, { price, tradedAt }]) => {
      const [number, time] = [price.at(index), tradedAt?.at(index)];
      return number === undefined
        ? []
        : [[market, formatDecimal(number), time && Number(formatDecimal(time))]];
    }),
  ]);
}

function expected(all: readonly PriceSheet[]) {
  return all.map(({ slot, prices }) => [
    slot,
    [...prices].map(([market, { price, tradedAt }]) => [market, formatDecimal(price), tradedAt]),
  ]);
}

function builtOf(all: readonly PriceSheet[], isWanted = (_: string) => true): PriceBuilder {
  const builder = new PriceBuilder(isWanted);
  for (const one of all) builder.add(one);
  return builder;
}

describe('the prices of a region', () => {
  it('are those of the sheets, with the time of a trade of long ago', () => {
    fc.assert(
      fc.property(sheets, (all) => {
        const found = told(builtOf(all).build());
        expect(found).toEqual(all.length === 0 ? undefined : expected(all));
      }),
    );
  });

  it('are only of the slots that are kept, as if the others had never been added', () => {
    fc.assert(
      fc.property(sheets, fc.nat(), (all, seed) => {
        const kept = all.filter((_, place) => ((seed >> (place % 30)) & 1) === 1);
        const builder = builtOf(all);
        builder.keep(new Set(kept.map(({ slot }) => slot)));
        expect(told(builder.build())).toEqual(told(builtOf(kept).build()));
        expect(builder.length).toBeLessThanOrEqual(builtOf(all).length + 1);
      }),
    );
  });

  it('are only of the wanted markets', () => {
    const all = [sheet('sg', BEGIN, { 'SGD-BTC': '1', 'SGD-DOGE': '2' })];
    const record = builtOf(all, (market) => market !== 'SGD-DOGE').build();
    expect([...(record?.markets.keys() ?? [])]).toEqual(['SGD-BTC']);
  });
});
