const UNITS = [
  { size: 1e12, name: 'T' },
  { size: 1e9, name: 'B' },
  { size: 1e6, name: 'M' },
  { size: 1, name: '' },
] as const;

const MOST_DECIMALS = 12;

/** The labels of an axis: `0`, `0.25M`, `0.50M`; each with the decimals that their distance needs, so that none is rounded. */
export function axisLabels(splits: readonly number[], distance: number): string[] {
  const most = Math.max(...splits.map(Math.abs));
  const unit = UNITS.find(({ size }) => most >= size) ?? { size: 1, name: '' };
  const decimals = decimalsOf(distance / unit.size);
  return splits.map((split) => {
    if (split === 0) return '0';
    return (
      (split / unit.size).toLocaleString('en', {
        minimumFractionDigits: decimals,
        maximumFractionDigits: decimals,
      }) + unit.name
    );
  });
}

/** How many decimals a number has, apart from the noise of binary floats. */
function decimalsOf(number: number): number {
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals += 1) {
    const scaled = number * 10 ** decimals;
    if (scaled > 0.5 && Math.abs(scaled - Math.round(scaled)) < 1e-6) return decimals;
  }
  return MOST_DECIMALS;
}
