import { HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Dice } from './dice.ts';
import { COINS } from './simulated-balances.ts';
import type { RowFlaw } from './ticker-faults.ts';

/** One row of the ticker, and what it says; without a trade if it must not be believed. */
export interface PriceRow {
  readonly json: string;
  /** Undefined if it names none. */
  readonly market: string | undefined;
  readonly trade?: { readonly price: string; readonly tradedAt: Instant };
}

/** Currencies that may have a market: those of the accounts, and others. */
const BASES = [...COINS, 'USDT', 'DOGE', 'USDC'];

/** The share of the rows that a flaw spoils. */
const SPOILT = 0.4;

/**
 * What a region's markets of some quote currencies last traded at. A region always lists the same markets, of which an answer
 * lacks one now and then; a price is never the same twice, so that it shows which answer it came from.
 *
 * @param now by Upbit's clock.
 */
export function pricesAt(
  dice: Dice,
  region: Region,
  quotes: readonly string[],
  now: Instant,
  flaw: RowFlaw | undefined,
): PriceRow[] {
  return quotes.flatMap((quote) =>
    BASES.filter((base) => base !== quote).flatMap((base) => {
      const market = `${quote}-${base}`;
      const about = `ticker ${region} ${market}`;
      if (!dice.chance(0.4, about) || dice.chance(0.03, `${about} gone ${now}`)) return [];
      const trade = {
        price: priceOf(dice, `${about} ${now}`),
        tradedAt: now - ageOf(dice, `${about} age ${now}`),
      };
      if (flaw === undefined || !dice.chance(SPOILT, `${about} spoilt ${now}`)) return [rowOf(market, trade)];
      return spoilt(dice, market, trade, flaw, now);
    }),
  );
}

/** A number of JSON: exponents and long fractions too. */
function priceOf(dice: Dice, about: string): string {
  const digits = String(dice.between(1, 999_999_999, about));
  return dice.weighted(
    [
      [6, `${digits}.5`],
      [6, `0.${digits.padStart(9, '0')}`],
      [2, digits],
      [2, `${digits}e-8`],
      [1, `${digits}.25E+3`],
      [1, `${digits.padEnd(38, '3')}`],
      [1, `0.${digits.padStart(60, '0')}`],
    ],
    `${about} form`,
  );
}

/** How long ago a market last traded, in milliseconds; a clock may be a little ahead. */
function ageOf(dice: Dice, about: string): number {
  return dice.weighted(
    [
      [10, dice.between(0, 3 * MINUTE, about)],
      [3, dice.between(3 * MINUTE, HOUR - SECOND, about)],
      [3, dice.between(HOUR - 2 * SECOND, 40 * HOUR, about)],
      [1, HOUR],
      [1, -dice.between(0, 20 * SECOND, about)],
    ],
    `${about} kind`,
  );
}

function rowOf(market: string, trade: NonNullable<PriceRow['trade']>): PriceRow {
  return { json: jsonOf({ market: JSON.stringify(market), ...trade }), market, trade };
}

interface Fields {
  readonly market: string;
  readonly price: string;
  readonly tradedAt: number | string;
}

/** As Upbit writes a row, with some of the fields that are not read. */
function jsonOf({ market, price, tradedAt }: Fields): string {
  return `{"market":${market},"trade_date":"20261122","opening_price":1.5,"trade_price":${price},"change":"EVEN","trade_timestamp":${tradedAt},"timestamp":1795000000000}`;
}

/** What stands in place of a good row. None of it must be believed. */
function spoilt(
  dice: Dice,
  market: string,
  trade: NonNullable<PriceRow['trade']>,
  flaw: RowFlaw,
  now: Instant,
): PriceRow[] {
  const about = `ticker spoilt ${market} ${now}`;
  const fields: Fields = { market: JSON.stringify(market), ...trade };
  const wrong = (changes: Partial<Fields>): PriceRow[] => [
    { json: jsonOf({ ...fields, ...changes }), market },
  ];
  switch (flaw) {
    case 'zero':
      return wrong({ price: dice.pick(['0', '0.0', '-0', '0e5', '0.00000000'], about) });
    case 'negative':
      return wrong({ price: `-${trade.price}` });
    case 'future':
      return wrong({ tradedAt: now + dice.pick([3 * HOUR, 24 * HOUR, 50 * 365 * 24 * HOUR], about) });
    case 'twice': {
      const isSame = dice.chance(0.5, about);
      return [
        rowOf(market, trade),
        rowOf(market, isSame ? trade : { ...trade, price: `${trade.price}1` }),
      ].map(({ json }) => ({ json, market }));
    }
    case 'malformed':
      return malformed(dice, market, fields, about);
    default:
      return flaw satisfies never;
  }
}

function malformed(dice: Dice, market: string, fields: Fields, about: string): PriceRow[] {
  const row = (changes: Partial<Fields>) => jsonOf({ ...fields, ...changes });
  const json = dice.pick(
    [
      'null',
      '17',
      '"a row"',
      '[]',
      '{}',
      row({ price: 'null' }),
      row({ price: '"about 5"' }),
      row({ price: 'true' }),
      row({ price: '[1.5]' }),
      row({ price: '7'.repeat(39) }),
      row({ price: '1e126' }),
      row({ price: '1e-131' }),
      row({ price: '1e999999999' }),
      row({ price: '5,"trade_price":5' }),
      row({ tradedAt: 'null' }),
      row({ tradedAt: '"yesterday"' }),
      row({ tradedAt: '1795000000000.5' }),
      row({ tradedAt: -1_000 }),
      row({ tradedAt: 0 }),
      row({ market: '7' }),
      row({ market: 'null' }),
      row({ market: '"BTC"' }),
      row({ market: `"${market.split('-')[0]}-"` }),
      row({ market: `"EUR-${market.split('-')[1]}"` }),
      row({ market: `"${market}${'X'.repeat(70)}"` }),
    ],
    about,
  );
  return [{ json, market: undefined }];
}
