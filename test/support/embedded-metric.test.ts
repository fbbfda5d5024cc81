import { describe, expect, it } from 'vitest';
import type { Metrics } from '../../lambda/collector/ports.ts';
import { createEmitter } from '../../lambda/handlers/stdout.ts';
import { flawsOfEmbeddedMetric } from './embedded-metric.ts';
import { SLOT } from './memory-parts.ts';

describe('the embedded metric format', () => {
  it.each<Metrics>([{ AccountsFailed: 0 }, { AccountsFailed: 400, DaysToKeyExpiry: -3 }])(
    'is kept by what the collector emits of %o',
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

  it('is kept by the least that the specification asks for', () => {
    expect(flawsOfEmbeddedMetric(line({}))).toEqual([]);
    expect(flawsOfEmbeddedMetric(line({ Dimensions: [[]] }))).toEqual([]);
    expect(flawsOfEmbeddedMetric(line({}, { D: 'd', M: [1, 2] }))).toEqual([]);
  });

  it.each([
    ['{"M":1}', '_aws is no object at the root'],
    ['{"_aws":{"Timestamp":"1","CloudWatchMetrics":[]}}', 'Timestamp is no integer'],
    ['{"_aws":{"Timestamp":1,"CloudWatchMetrics":[]}}', 'CloudWatchMetrics is no list with anything in it'],
    ['{"_aws":{"Timestamp":1,"CloudWatchMetrics":[1]}}', 'a directive is no object'],
    [line({ Namespace: '' }), 'Namespace is no text of 1 to 1,024 characters'],
    [line({ Dimensions: [] }), 'Dimensions is no list with anything in it'],
    [line({ Dimensions: ['D'] }), 'a dimension set is no list of 30 at most'],
    [line({ Dimensions: [['E']] }), 'the dimension E has no text at the root'],
    [line({}, { D: 1, M: 1 }), 'the dimension D has no text at the root'],
    [line({ Metrics: [] }), 'Metrics is no list of 1 to 100'],
    [line({ Metrics: Array(101).fill({ Name: 'M' }) }), 'Metrics is no list of 1 to 100'],
    [line({ Metrics: [{}] }), 'a metric has no name'],
    [line({}, { D: 'd' }), 'M is no number at the root'],
    [line({}, { D: 'd', M: '1' }), 'M is no number at the root'],
    [line({}, { D: 'd', M: Array(101).fill(1) }), 'M is no number at the root'],
    [line({ Metrics: [{ Name: 'M', Unit: 'Days' }] }), 'Days is no unit'],
    [line({ Metrics: [{ Name: 'M', StorageResolution: 5 }] }), 'M has a resolution other than 1 and 60'],
  ])('is broken by %s', (text, flaw) => {
    expect(flawsOfEmbeddedMetric(text)).toContain(flaw);
  });
});
