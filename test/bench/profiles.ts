/** Portfolios in the forms that Upbit documents, to measure a snapshot's cost. Amounts are made up, with all digits. */
export interface Profile {
  readonly name: string;
  line(index: number): Record<string, string | boolean>;
}

function line(currency: string, balance: string, locked: string, avgBuyPrice: string, unitCurrency: string) {
  return {
    currency,
    balance,
    locked,
    avg_buy_price: avgBuyPrice,
    avg_buy_price_modified: false,
    unit_currency: unitCurrency,
  };
}

function named(index: number, length: number): string {
  return `${index.toString(36).toUpperCase().padStart(2, '0')}ABCDEFGHIJ`.slice(0, length);
}

export const PROFILES: readonly Profile[] = [
  {
    name: 'worst: all locked, 16-digit averages, 12-character names, mixed units',
    line: (index) =>
      line(
        named(index, 12),
        '10.38654612',
        '1.386546123',
        '0.9724275092936803',
        index % 2 === 0 ? 'SGD' : 'USDT',
      ),
  },
  {
    name: 'worst but for 4-character names',
    line: (index) =>
      line(
        named(index, 4),
        '10.38654612',
        '1.386546123',
        '0.9724275092936803',
        index % 2 === 0 ? 'SGD' : 'USDT',
      ),
  },
  {
    name: 'typical: 4-letter names, 10-digit amounts, 16-digit averages, a fifth locked',
    line: (index) =>
      line(
        named(index, 4),
        '10.38654612',
        index % 5 === 0 ? '1.386546123' : '0',
        '0.9724275092936803',
        'USDT',
      ),
  },
  {
    name: 'short: 4-letter names, 4-digit amounts and averages, nothing locked',
    line: (index) => line(named(index, 4), '10.38', '0', '0.9724', 'USDT'),
  },
];

/** The first profile whose name begins so. Throws if there is none. */
export function profileNamed(beginning: string): Profile {
  const found = PROFILES.find(({ name }) => name.startsWith(beginning));
  if (found === undefined) throw new Error(`no profile is called ${beginning}`);
  return found;
}
