import { describe, expect, it } from 'vitest';
import { money, price, share } from '../../../cli/print/money.ts';
import { decimal } from '../../support/arbitraries.ts';

describe('money in a table', () => {
  it('has the decimals of its currency, rounded half to even, and groups of thousands', () => {
    expect(money(decimal('49221.205'), 'SGD')).toBe('49,221.20');
    expect(money(decimal('49221.215'), 'USDT')).toBe('49,221.22');
    expect(money(decimal('1234567.5'), 'IDR')).toBe('1,234,568');
    expect(money(decimal('1234566.5'), 'KRW')).toBe('1,234,566');
    expect(money(decimal('0.123456785'), 'BTC')).toBe('0.12345678');
    expect(money(decimal('7'), 'THB')).toBe('7.00');
    expect(money(decimal('-1234.5'), 'SGD')).toBe('-1,234.50');
    expect(money(decimal('-0.001'), 'SGD')).toBe('0.00');
    expect(money(decimal('1e20'), 'SGD')).toBe('100,000,000,000,000,000,000.00');
  });
});

describe('a share', () => {
  it('is a percentage of the sum, and nothing of a sum of 0', () => {
    expect(share(decimal('1'), decimal('3'))).toBe('33.3 %');
    expect(share(decimal('3'), decimal('3'))).toBe('100.0 %');
    expect(share(decimal('0'), decimal('3'))).toBe('0.0 %');
    expect(share(decimal('0'), decimal('0'))).toBe('');
  });
});

describe('a price in a table', () => {
  it('has at most ten significant digits', () => {
    expect(price(decimal('1.230853082321'))).toBe('1.230853082');
    expect(price(decimal('64200.5'))).toBe('64200.5');
    expect(price(decimal('0.00000001234567890123'))).toBe('0.0000000123456789');
  });
});
