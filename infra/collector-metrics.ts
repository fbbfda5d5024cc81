import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { METRIC_DIMENSION, METRIC_NAMESPACE, type MetricName } from '../lambda/core/metrics.ts';

/** The collector's own metrics, for alarms and graphs. */
export class CollectorMetrics {
  private readonly collector: LambdaFunction;

  constructor(collector: LambdaFunction) {
    this.collector = collector;
  }

  /** How many accounts got no snapshot, over all scheduled runs of a period. */
  accountsFailed(period: Duration): Metric {
    return this.metric('AccountsFailed', Stats.SUM, period);
  }

  /** How many scheduled runs returned in a period. No data, not 0, if there was none. */
  runs(period: Duration): Metric {
    return this.metric('AccountsFailed', Stats.SAMPLE_COUNT, period);
  }

  /** Whole days until the first key expires, emitted once a day. */
  daysToKeyExpiry(): Metric {
    return this.metric('DaysToKeyExpiry', Stats.MINIMUM, Duration.days(1));
  }

  private metric(metricName: MetricName, statistic: string, period: Duration): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      dimensionsMap: { [METRIC_DIMENSION]: this.collector.functionName },
      metricName,
      statistic,
      period,
    });
  }
}
