import { Duration, Stack } from 'aws-cdk-lib';
import {
  Alarm,
  type AlarmProps,
  ComparisonOperator,
  MathExpression,
  Stats,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { Cadence } from '../lambda/core/slots.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { CollectorMetrics } from './collector-metrics.ts';
import type { DeadLetters } from './dead-letters.ts';
import { logsLink } from './logs-link.ts';
import { silenceOfTwoSlots } from './silence.ts';

export interface MonitoringProps {
  readonly collector: LambdaFunction;
  /** The log of the collector. */
  readonly logGroup: ILogGroup;
  /** How often the collector runs. */
  readonly every: Cadence;
  /** The events of runs that failed at every attempt. */
  readonly failedRuns: DeadLetters;
  /** The events that the schedule could not deliver. */
  readonly undelivered: DeadLetters;
  /** What seals the days; undefined if nothing does. */
  readonly sealing: WatchedSealing | undefined;
  /** The e-mail address for notices; none if undefined. */
  readonly alarmEmail: string | undefined;
}

/** The sealer, as the alarms watch it. */
export interface WatchedSealing {
  readonly sealer: LambdaFunction;
  /** The log of the sealer. */
  readonly logGroup: ILogGroup;
}

/** What Logs Insights shows of the accounts that failed, and of the runs that threw. */
const FAILED_ACCOUNTS =
  'fields slot, account, outcome, detail, remedy | filter message = "account" and level != "INFO" | sort @timestamp desc';
const ERRORS =
  'fields @timestamp, slot, account, detail, message.errorMessage | filter level = "ERROR" | sort @timestamp desc';

/** One alarm, including its text. */
interface Watch extends Omit<AlarmProps, 'alarmName' | 'alarmDescription'> {
  readonly happened: string;
  readonly remedy: string;
}

/** Long enough to include a late metric, and short enough to report a failure soon. */
const SOON = Duration.minutes(5);
/**
 * Days before a key expires at which each alarm goes off. An alarm notifies only once, so later reminders need alarms of
 * their own.
 */
const REMINDERS = { 'key-expires': 30, 'key-expires-soon': 7, 'key-expires-tomorrow': 1 } as const;

/**
 * Reports when a snapshot was not taken, and when all is well again. Each alarm is named after the stack and its
 * entry in docs/runbook.md.
 */
export class Monitoring extends Construct {
  readonly topicArn: string;
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { collector, logGroup, every, failedRuns, undelivered, sealing, alarmEmail } = props;
    this.topic = new AlarmTopic(this, 'Alarms', { email: alarmEmail });
    this.topicArn = this.topic.topicArn;
    const metrics = new CollectorMetrics(collector);

    this.watch('account-failed', {
      happened: 'An account has no snapshot for a slot; the reason is recorded.',
      remedy: `Which accounts, why, and what to do: ${logsLink(this, logGroup, FAILED_ACCOUNTS)} or \`balances gaps --from 1d\`.`,
      metric: metrics.accountsFailed(SOON),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // There is no data between two runs, so keep the state of the last one.
      treatMissingData: TreatMissingData.IGNORE,
    });

    const silence = silenceOfTwoSlots(every);
    this.watch('no-run', {
      happened: `No scheduled run has returned for two slots (${every} each): snapshots are being lost for good.`,
      remedy: 'Check that the schedule is enabled, and read the log of the function for runs that threw.',
      metric: new MathExpression({
        // Without FILL, CloudWatch looks further back for data than these periods, and alarms several slots late.
        // docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        expression: 'FILL(runs, 0)',
        usingMetrics: { runs: metrics.runs(Duration.millis(silence.period)) },
        label: 'scheduled runs that returned',
        period: Duration.millis(silence.period),
      }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: silence.periods,
      // If there has never been a run, there is nothing to fill.
      treatMissingData: TreatMissingData.BREACHING,
    });

    this.watch('run-error', {
      happened: 'A run threw or ran out of time, so some outcomes may not be recorded.',
      remedy: `Lambda retries it twice; a run that fails at every attempt has its own alarm. The errors: ${logsLink(this, logGroup, ERRORS)}`,
      // Every attempt counts, even if the next one succeeds: it shows a fault before a slot is lost.
      metric: collector.metricErrors({ period: SOON }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });

    this.watch('failed-run-kept', {
      happened:
        'A run failed at every attempt; its slot may be a gap. Its event is in the queue of failed runs.',
      remedy: 'Read the error in the log of the function, fix its cause, then empty the queue.',
      ...notEmpty(failedRuns),
    });

    this.watch('event-undelivered', {
      happened: 'The schedule could not call the function, so a slot had no run. Its event is in the queue.',
      remedy: 'The message says why. Fix the cause, then empty the queue.',
      ...notEmpty(undelivered),
    });

    for (const [entry, days] of Object.entries(REMINDERS)) {
      this.watch(entry, {
        happened: `An API key expires in ${days} ${days === 1 ? 'day' : 'days'} or less; after that its account gets no snapshots.`,
        remedy: 'Make a new key at Upbit and put it into the secret.',
        metric: metrics.daysToKeyExpiry(),
        comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: days,
        // Emitted once a day, not to the minute: one day without data, e.g. after a missed slot, must not clear the alarm.
        evaluationPeriods: 2,
        datapointsToAlarm: 1,
        // No key's expiry may be known.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
    if (sealing !== undefined) this.watchSealing(sealing);
  }

  /** Adds an alarm created by another part: its notices go to the same topic. */
  addAlarm(alarm: Alarm): void {
    this.topic.notify(alarm);
  }

  private watchSealing({ sealer, logGroup }: WatchedSealing): void {
    const period = Duration.days(1);
    this.watch('no-seal', {
      happened:
        'No run of the sealer has succeeded for two days: the newest days of the ledger have no seal.',
      remedy: `No snapshot is lost, and the next run seals up to 31 days. Check that its schedule is enabled; its two queues hold the events that failed. The errors: ${logsLink(this, logGroup, ERRORS)}`,
      metric: new MathExpression({
        // Each attempt counts as 0 or 1, so the least of a day is 0 if one succeeded. It is one of AWS's own metrics, and alone
        // enough: an alarm costs as much for each metric that it watches.
        expression: 'FILL(errors, 1)',
        usingMetrics: { errors: sealer.metricErrors({ statistic: Stats.MINIMUM, period }) },
        label: '1 on a day without a run of the sealer that succeeded',
        period,
      }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 2,
      // If there has never been a run, there is nothing to fill.
      treatMissingData: TreatMissingData.BREACHING,
    });
  }

  private watch(entry: string, { happened, remedy, ...props }: Watch): void {
    this.addAlarm(
      new Alarm(this, entry, {
        ...props,
        alarmName: `${Stack.of(this).stackName}-${entry}`,
        alarmDescription: `${happened} ${remedy} See docs/runbook.md#${entry}`,
      }),
    );
  }
}

/** A queue unused for six hours has no metric, and is empty. */
function notEmpty({ waiting }: DeadLetters) {
  return {
    metric: waiting.with({ statistic: Stats.MAXIMUM }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
}
