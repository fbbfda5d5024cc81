import type { BalanceLine } from '../../infra/local/simulated-upbit.ts';
import { REGIONS, type Region } from '../../lambda/core/regions.ts';
import type { Dice } from './dice.ts';

/** What accounts may hold besides their region's fiat currency. */
export const COINS = [
  'BTC',
  'ETH',
  'ADA',
  'XRP',
  'PEPE',
  'usdt',
  'constructor',
  'toString',
  '가나다',
  'A/B C',
];

/**
 * What an account holds at its n-th call: never the same twice, so that every stored amount shows which answer it came
 * from. Some amounts have forms that Upbit might send but has not been seen to, and some accounts hold nothing.
 */
export function balancesAt(dice: Dice, region: Region, account: string, call: number): BalanceLine[] {
  const about = `balances ${account} ${call}`;
  if (dice.chance(0.04, `${about} empty`)) return [];
  const { fiat } = REGIONS[region];
  const coins = dice.some(COINS, 4, `${about} coins`);
  return [fiat, ...coins].map((currency, index) => {
    // What was sold may still be listed.
    const isZero = currency !== fiat && dice.chance(0.08, `${about} ${currency} sold`);
    return {
      currency,
      balance: isZero ? '0.0' : `${call}.${dice.between(1, 999_999, `${about} ${currency}`)}`,
      locked: index % 2 === 0 || isZero ? '0' : amount(dice, `${about} ${currency} locked`),
      avg_buy_price: currency === fiat ? '0' : amount(dice, `${about} ${currency} price`),
      avg_buy_price_modified: currency === fiat,
      unit_currency: dice.chance(0.2, `${about} ${currency} unit`) ? 'USDT' : fiat,
      ...(dice.chance(0.02, `${about} ${currency} field`) ? { frozen_since: null } : {}),
    };
  });
}

function amount(dice: Dice, about: string): string {
  const digits = String(dice.between(1, 999_999_999, about));
  return dice.weighted(
    [
      [10, `0.${digits}`],
      [4, `${digits}.5`],
      [2, '0.0'],
      [1, '-0'],
      [1, '00.10'],
      [1, `${digits}e-8`],
      [1, `${digits.padEnd(38, '3')}`],
      [1, `0.${digits.padStart(60, '0')}`],
    ],
    `${about} form`,
  );
}
