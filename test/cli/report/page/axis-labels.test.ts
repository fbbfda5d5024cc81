import { describe, expect, it } from 'vitest';
import { axisLabels } from '../../../../cli/report/page/axis-labels.ts';

const labels = (count: number, distance: number, from = 0) =>
  axisLabels(
    Array.from({ length: count }, (_, index) => from + index * distance),
    distance,
  );

describe('the labels of an axis', () => {
  it('are not rounded, whatever the distance', () => {
    // The chart's distances are 1, 2, 2.5 and 5, and their multiples by powers of ten.
    expect(labels(7, 250_000)).toEqual(['0', '0.25M', '0.50M', '0.75M', '1.00M', '1.25M', '1.50M']);
    expect(labels(9, 200_000)).toEqual('0 0.2M 0.4M 0.6M 0.8M 1.0M 1.2M 1.4M 1.6M'.split(' '));
    expect(labels(4, 25_000)).toEqual(['0', '25,000', '50,000', '75,000']);
    expect(labels(3, 0.0025)).toEqual(['0', '0.0025', '0.0050']);
    expect(labels(4, 0.1)).toEqual(['0', '0.1', '0.2', '0.3']);
  });

  it('have one unit', () => {
    expect(labels(3, 500_000_000)).toEqual(['0', '0.5B', '1.0B']);
    expect(labels(3, 1e12)).toEqual(['0', '1T', '2T']);
    expect(labels(2, 500_000, 1_000_000)).toEqual(['1.0M', '1.5M']);
  });

  it('have at most twelve decimals', () => {
    expect(labels(2, 1e-14)).toEqual(['0', '0.000000000000']);
  });
});
