import { Duration } from 'aws-cdk-lib';
import {
  Dashboard as CloudWatchDashboard,
  GraphWidget,
  LogQueryVisualizationType,
  LogQueryWidget,
  MathExpression,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { CADENCES, type Cadence } from '../lambda/core/slots.ts';
import { CollectorMetrics } from './collector-metrics.ts';
import type { DeadLetters } from './dead-letters.ts';

export interface DashboardProps {
  readonly collector: LambdaFunction;
  readonly logGroup: LogGroup;
  /** How often the collector runs. */
  readonly every: Cadence;
  readonly failedRuns: DeadLetters;
  readonly undelivered: DeadLetters;
  /** The two queues of the sealer; undefined if nothing seals. */
  readonly sealing: { readonly failedRuns: DeadLetters; readonly undelivered: DeadLetters } | undefined;
}

const WIDTH = 12;

/** One page of graphs. A dashboard costs three dollars a month after the first three: aws.amazon.com/cloudwatch/pricing. */
export class Dashboard extends Construct {
  constructor(scope: Construct, id: string, props: DashboardProps) {
    super(scope, id);
    const { collector, logGroup, every, failedRuns, undelivered, sealing } = props;
    const metrics = new CollectorMetrics(collector);
    const slot = Duration.millis(CADENCES[every]);
    const failed = metrics.accountsFailed(slot);
    // Without a run there is no data. EPOCH still knows the time of every point, and AND treats missing data as 0.
    const age = (label: string, counts: string) =>
      new MathExpression({
        expression: `(EPOCH(runs) - FILL(IF(${counts}, EPOCH(runs)), REPEAT)) / 60`,
        usingMetrics: { runs: metrics.runs(slot), failed },
        label,
        period: slot,
      });

    new CloudWatchDashboard(this, 'Page', {
      defaultInterval: Duration.days(7),
      widgets: [
        [
          new GraphWidget({
            title: `Accounts without a snapshot, per slot (${every})`,
            width: WIDTH,
            left: [failed.with({ label: 'accounts failed' })],
            leftYAxis: { min: 0 },
          }),
          new GraphWidget({
            title: 'Duration of a run',
            width: WIDTH,
            left: [collector.metricDuration({ statistic: Stats.MAXIMUM, period: slot, label: 'longest' })],
            leftYAxis: { min: 0 },
          }),
        ],
        [
          new GraphWidget({
            title: `Minutes since all snapshots were complete, to within a slot (${every}); per account: balances latest`,
            width: WIDTH,
            left: [
              age('since a run got every account’s snapshot', 'runs > 0 AND failed < 1'),
              age('since a run returned', 'runs > 0'),
            ],
            leftYAxis: { min: 0 },
          }),
          new GraphWidget({
            title: 'Dead letters',
            width: WIDTH,
            left: [
              failedRuns.waiting.with({ label: 'failed runs' }),
              undelivered.waiting.with({ label: 'events the schedule could not deliver' }),
              ...(sealing === undefined
                ? []
                : [
                    sealing.failedRuns.waiting.with({ label: 'failed runs of the sealer' }),
                    sealing.undelivered.waiting.with({ label: 'events for the sealer' }),
                  ]),
            ],
            leftYAxis: { min: 0 },
          }),
        ],
        [
          new LogQueryWidget({
            title: 'The last accounts without a snapshot',
            width: 2 * WIDTH,
            height: 8,
            view: LogQueryVisualizationType.TABLE,
            logGroupNames: [logGroup.logGroupName],
            queryLines: [
              'fields slot, account, outcome, attempts, detail, remedy',
              'filter message = "account" and level in ["WARN", "ERROR"]',
              'sort @timestamp desc',
              'limit 50',
            ],
          }),
        ],
      ],
    });
  }
}
