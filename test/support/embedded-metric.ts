import { isObject } from '../../lambda/core/parsed.ts';

/** CloudWatch's units: docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricDatum.html */
const UNITS = [
  ...['Seconds', 'Microseconds', 'Milliseconds'],
  ...['', '/Second'].flatMap((per) =>
    ['', 'Kilo', 'Mega', 'Giga', 'Tera'].flatMap((size) =>
      ['Bytes', 'Bits'].map((what) => `${size}${size === '' ? what : what.toLowerCase()}${per}`),
    ),
  ),
  ...['Percent', 'Count', 'Count/Second', 'None'],
];

/**
 * Why CloudWatch would not extract metrics from a log line, by the JSON schema of the embedded metric
 * format and its other rules; empty if it extracts them all.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function flawsOfEmbeddedMetric(line: string): readonly string[] {
  const root: unknown = JSON.parse(line);
  if (!isObject(root) || !isObject(root['_aws'])) return ['there is no object _aws at the root'];
  const { Timestamp, CloudWatchMetrics } = root['_aws'];
  return [
    ...(Number.isInteger(Timestamp) ? [] : ['Timestamp is not an integer']),
    ...(Buffer.byteLength(line) <= 1 << 18 ? [] : ['the line is longer than 256 KB']),
    ...(Array.isArray(CloudWatchMetrics) && CloudWatchMetrics.length > 0
      ? CloudWatchMetrics.flatMap((directive) => flawsOfDirective(root, directive))
      : ['CloudWatchMetrics is not a list, or is empty']),
  ];
}

function flawsOfDirective(root: Readonly<Record<string, unknown>>, directive: unknown): string[] {
  if (!isObject(directive)) return ['a directive is not an object'];
  const { Namespace, Dimensions, Metrics } = directive;
  const isList = (value: unknown) => Array.isArray(value) && value.length > 0;
  return [
    ...(isText(Namespace, 1024) ? [] : ['Namespace is not a string of 1 to 1,024 characters']),
    ...(Array.isArray(Dimensions) && isList(Dimensions)
      ? Dimensions.flatMap((set) => flawsOfDimensions(root, set))
      : ['Dimensions is not a list, or is empty']),
    ...(Array.isArray(Metrics) && isList(Metrics) && Metrics.length <= 100
      ? Metrics.flatMap((metric) => flawsOfMetric(root, metric))
      : ['Metrics is not a list of 1 to 100']),
  ];
}

function flawsOfDimensions(root: Readonly<Record<string, unknown>>, set: unknown): string[] {
  if (!Array.isArray(set) || set.length > 30) return ['a dimension set is not a list of at most 30'];
  return set.flatMap((key: unknown) =>
    isText(key, 250) && isText(root[key], 1024) ? [] : [`the dimension ${key} has no string at the root`],
  );
}

function flawsOfMetric(root: Readonly<Record<string, unknown>>, metric: unknown): string[] {
  if (!isObject(metric) || !isText(metric['Name'], 1024)) return ['a metric has no name'];
  const { Name: name, Unit: unit = 'None', StorageResolution: resolution = 60 } = metric;
  const value = root[name];
  const values: unknown[] = Array.isArray(value) ? value : [value];
  return [
    ...(values.length <= 100 && values.every(Number.isFinite) ? [] : [`${name} is not a number at the root`]),
    ...(UNITS.some((known) => known === unit) ? [] : [`${unit} is not a unit`]),
    ...(resolution === 1 || resolution === 60 ? [] : [`${name} has a resolution other than 1 and 60`]),
  ];
}

function isText(value: unknown, longest: number): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= longest;
}
