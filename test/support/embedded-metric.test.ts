import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../lambda/collector/ports.ts';
import { createEmitter } from '../../lambda/handlers/stdout.ts';
import { flawsOfEmbeddedMetric } from './embedded-metric.ts';
import { SLOT } from './memory-parts.ts';

describe('the embedded metric format', () => {
  it.each<Metrics>([{ AccountsFailed: 0 }, { AccountsFailed: 400, DaysToKeyExpiry: -3 }])(
    'is followed by the collector for %o',
    (metrics) => {
      const lines: string[] = [];
      const emit = createEmitter(
        (line) => lines.push(line),
        () => SLOT,
        'collector',
      );
      emit(metrics);
      expect(lines.map(flawsOfEmbeddedMetric)).toEqual([[]]);
    },
  );

  const directive = { Namespace: 'N', Dimensions: [['D']], Metrics: [{ Name: 'M' }] };
  const line = (changes: object, root: object = { D: 'd', M: 1 }) =>
    JSON.stringify({ _aws: { Timestamp: 1, CloudWatchMetrics: [{ ...directive, ...changes }] }, ...root });

  it('is followed by the minimum that the specification requires', () => {
    expect(flawsOfEmbeddedMetric(line({}))).toEqual([]);
    expect(flawsOfEmbeddedMetric(line({ Dimensions: [[]] }))).toEqual([]);
    expect(flawsOfEmbeddedMetric(line({}, { D: 'd', M: [1, 2] }))).toEqual([]);
  });

  it.each([
    ['{"M":1}', 'there is no object _aws at the root'],
    ['{"_aws":{"Timestamp":"1","CloudWatchMetrics":[]}}', 'Timestamp is not an integer'],
    ['{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]}}', 'CloudWatchMetrics is not a list, or is empty'],
    ['{"_aws":{"Timestamp":1,"CloudWatchMetrics":[1]}}', 'a directive is not an object'],
    [line({ Namespace: '' }), 'Namespace is not a string of 1 to 1,024 characters'],
    [line({ Dimensions: [] }), 'Dimensions is not a list, or is empty'],
    [line({ Dimensions: ['D'] }), 'a dimension set is not a list of at most 30'],
    [line({ Dimensions: [['E']] }), 'the dimension E has no string at the root'],
    [line({}, { D: 1, M: 1 }), 'the dimension D has no string at the root'],
    [line({ Metrics: [] }), 'Metrics is not a list of 1 to 100'],
    [line({ Metrics: Array(101).fill({ Name: 'M' }) }), 'Metrics is not a list of 1 to 100'],
    [line({ Metrics: [{}] }), 'a metric has no name'],
    [line({}, { D: 'd' }), 'M is not a number at the root'],
    [line({}, { D: 'd', M: '1' }), 'M is not a number at the root'],
    [line({}, { D: 'd', M: Array(101).fill(1) }), 'M is not a number at the root'],
    [line({ Metrics: [{ Name: 'M', Unit: 'Days' }] }), 'Days is not a unit'],
    [line({ Metrics: [{ Name: 'M', StorageResolution: 5 }] }), 'M has a resolution other than 1 and 60'],
  ])('is broken by %s', (text, flaw) => {
    expect(flawsOfEmbeddedMetric(text)).toContain(flaw);
  });
});
