/** Where CloudWatch keeps the collector's own metrics. */
export const METRIC_NAMESPACE = 'UpbitBalanceSnapshots';

/** Its one dimension, the function's name: two stacks in one AWS account have numbers of their own. */
export const METRIC_DIMENSION = 'FunctionName';

/** Each metric and its unit. The collector emits them, the stack makes alarms of them. */
export const METRIC_UNITS = {
  /** Accounts without a snapshot, once for each scheduled run that returns, 0 included: its samples count the runs. */
  AccountsFailed: 'Count',
  /** Whole days until the first key expires; once a day, after the slot at local midnight, where a date is known. */
  DaysToKeyExpiry: 'None',
} as const;

export type MetricName = keyof typeof METRIC_UNITS;
