/** The CloudWatch namespace of the collector's own metrics. */
export const METRIC_NAMESPACE = 'UpbitBalanceSnapshots';

/** Its one dimension, the function's name, so that two stacks in one AWS account have separate numbers. */
export const METRIC_DIMENSION = 'FunctionName';

/** Each metric and its unit. The collector emits them; the stack makes alarms from them. */
export const METRIC_UNITS = {
  /** Accounts without a snapshot, emitted once per scheduled run that returns, even if 0: its samples count the runs. */
  AccountsFailed: 'Count',
  /** Whole days until the first key expires; emitted once a day, after the slot at local midnight, if a date is known. */
  DaysToKeyExpiry: 'None',
} as const;

export type MetricName = keyof typeof METRIC_UNITS;
