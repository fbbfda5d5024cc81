import type { Balance } from '../../lambda/core/balances.ts';
import { exact } from './exact.ts';

const AVAILABLE = exact('10.38654612');
const LOCKED = exact('1.386546123');
const AVERAGE = exact('0.9724275092936803');
/** One in five currencies is partly locked. */
const LOCKED_EVERY = 5;

/**
 * A typical portfolio: 4-letter names, 10-digit amounts, 16-digit averages, a fifth locked, as in docs/performance.md.
 * Names are unique up to 1,296 currencies.
 */
export function typicalBalances(currencies: number): Balance[] {
  return Array.from({ length: currencies }, (_, index) => ({
    currency: `${index.toString(36).toUpperCase().padStart(2, '0')}AB`,
    balance: AVAILABLE,
    locked: index % LOCKED_EVERY === 0 ? LOCKED : exact(0),
    avgBuyPrice: AVERAGE,
    avgBuyPriceModified: false,
    unitCurrency: 'USDT',
  }));
}
