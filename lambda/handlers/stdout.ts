import type { LogFields, Metrics } from '../collector/ports.ts';
import type { Instant } from '../core/instant.ts';
import { METRIC_DIMENSION, METRIC_NAMESPACE, METRIC_UNITS } from '../core/metrics.ts';
import type { SealLogFields } from '../sealer/ports.ts';

/** Writes one line of text, given without its line end. */
export type Write = (line: string) => void;

/** The fields of the collector's log lines, in order. */
export const COLLECTOR_FIELDS = [
  'level',
  'message',
  'slot',
  'region',
  'account',
  'outcome',
  'attempts',
  'milliseconds',
  'currencies',
  'markets',
  'detail',
  'remedy',
  'clockSkew',
  'keyId',
  'accounts',
  'ok',
  'duplicates',
  'failed',
  'unrecorded',
] as const satisfies readonly (keyof LogFields)[];

/** The fields of the sealer's log lines, in order. */
export const SEALER_FIELDS = [
  'level',
  'message',
  'day',
  'root',
  'accounts',
  'items',
  'authority',
  'signedAt',
  'detail',
] as const satisfies readonly (keyof SealLogFields)[];

/**
 * Writes one raw JSON line per call, directly to the stream: in Lambda's JSON log format console.log would wrap the
 * line, and CloudWatch would not see its fields.
 *
 * @param names the fields of a line, in order. No other field is ever written, whatever a caller passes.
 */
export function createLog<F extends object>(
  names: readonly (keyof F & string)[],
  write: Write,
  now: () => Instant,
): (fields: F) => void {
  return (fields) => {
    const line: Record<string, unknown> = { timestamp: new Date(now()).toISOString() };
    for (const name of names) if (fields[name] !== undefined) line[name] = fields[name];
    write(JSON.stringify(line));
  };
}

/**
 * Writes one raw line in CloudWatch's embedded metric format per call.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function createEmitter(
  write: Write,
  now: () => Instant,
  functionName: string,
): (metrics: Metrics) => void {
  return (metrics) => {
    const definition = {
      Namespace: METRIC_NAMESPACE,
      Dimensions: [[METRIC_DIMENSION]],
      Metrics: Object.entries(METRIC_UNITS).flatMap(([Name, Unit]) =>
        Object.hasOwn(metrics, Name) ? [{ Name, Unit }] : [],
      ),
    };
    write(
      JSON.stringify({
        _aws: { Timestamp: now(), CloudWatchMetrics: [definition] },
        [METRIC_DIMENSION]: functionName,
        ...metrics,
      }),
    );
  };
}
