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
import { Construct } from 'constructs';
import type { Cadence } from '../lambda/core/slots.ts';
import { AlarmTopic } from './alarm-topic.ts';
import { CollectorMetrics } from './collector-metrics.ts';
import type { DeadLetters } from './dead-letters.ts';
import { silenceOfTwoSlots } from './silence.ts';

export interface MonitoringProps {
  readonly collector: LambdaFunction;
  /** How often the collector is to run. */
  readonly every: Cadence;
  /** The events of runs that failed to the end. */
  readonly failedRuns: DeadLetters;
  /** The events that the schedule could not hand over. */
  readonly undelivered: DeadLetters;
  /** Where the notices go; nowhere, where it is undefined. */
  readonly alarmEmail: string | undefined;
}

/** What makes one alarm, its words included. */
interface Watch extends Omit<AlarmProps, 'alarmName' | 'alarmDescription'> {
  readonly happened: string;
  readonly remedy: string;
}

/** Long enough that a metric which comes late is still seen, and short enough to be told of a failure soon. */
const SOON = Duration.minutes(5);
/**
 * Days before a key expires on which its alarm goes off. An alarm tells of its state once, so who has put the first
 * notice off is told by another alarm: each counts on its own.
 */
const REMINDERS = { 'key-expires': 30, 'key-expires-soon': 7, 'key-expires-tomorrow': 1 } as const;

/**
 * Tells when a snapshot was not taken, and when all is well again. Each alarm is named after the stack and after its
 * entry in docs/runbook.md.
 */
export class Monitoring extends Construct {
  readonly topicArn: string;
  private readonly topic: AlarmTopic;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { collector, every, failedRuns, undelivered, alarmEmail } = props;
    this.topic = new AlarmTopic(this, 'Alarms', { email: alarmEmail });
    this.topicArn = this.topic.topicArn;
    const metrics = new CollectorMetrics(collector);

    this.watch('account-failed', {
      happened: 'An account has no snapshot for a slot; the reason is recorded.',
      remedy: 'Run `balances gaps --from 1d`, and do what the runbook says under the code it shows.',
      metric: metrics.accountsFailed(SOON),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      // Between two runs nothing is known: what the last one said holds until the next.
      treatMissingData: TreatMissingData.IGNORE,
    });

    const silence = silenceOfTwoSlots(every);
    this.watch('no-run', {
      happened: `No scheduled run has returned for two slots (${every} each): balances are being missed for ever.`,
      remedy: 'See whether the schedule is on, and read the log of the function for runs that threw.',
      metric: new MathExpression({
        // Without FILL, CloudWatch looks further back for data than these periods, and tells several slots late.
        // docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html
        expression: 'FILL(runs, 0)',
        usingMetrics: { runs: metrics.runs(Duration.millis(silence.period)) },
        label: 'scheduled runs that returned',
        period: Duration.millis(silence.period),
      }),
      comparisonOperator: ComparisonOperator.LESS_THAN_THRESHOLD,
      threshold: 1,
      evaluationPeriods: silence.periods,
      // There is nothing to fill where there never was a run.
      treatMissingData: TreatMissingData.BREACHING,
    });

    this.watch('run-error', {
      happened: 'A run threw or ran out of time, so some outcomes may not be recorded.',
      remedy:
        'Lambda tries it twice more. Read the error in the log of the function; a run that failed to the end has an alarm of its own.',
      // Every attempt counts, one that is healed by the next too: it shows a fault before a slot is lost to it.
      metric: collector.metricErrors({ period: SOON }),
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      threshold: 0,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.IGNORE,
    });

    this.watch('failed-run-kept', {
      happened:
        'A run failed at every attempt; its slot may be a gap. Its event is in the queue of failed runs.',
      remedy: 'Read the error in the log of the function, remove its cause, then empty the queue.',
      ...notEmpty(failedRuns),
    });

    this.watch('event-undelivered', {
      happened: 'The schedule could not call the function, so a slot had no run. Its event is in the queue.',
      remedy: 'The message says why. Remove the cause, then empty the queue.',
      ...notEmpty(undelivered),
    });

    for (const [entry, days] of Object.entries(REMINDERS)) {
      this.watch(entry, {
        happened: `An API key expires in ${days} ${days === 1 ? 'day' : 'days'} or less; from then on its account has no snapshots.`,
        remedy: 'Make a new key at Upbit and put it into the secret.',
        metric: metrics.daysToKeyExpiry(),
        comparisonOperator: ComparisonOperator.LESS_THAN_OR_EQUAL_TO_THRESHOLD,
        threshold: days,
        // Said once a day, and not to the minute: one day without a word, as after a missed slot, ends no alarm.
        evaluationPeriods: 2,
        datapointsToAlarm: 1,
        // Nobody may have said when a key expires.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
    }
  }

  /** Sends the notices of an alarm that another part has made along with these. */
  addAlarm(alarm: Alarm): void {
    this.topic.notify(alarm);
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

/** A queue that nobody has used for six hours has no metric, and nothing in it. */
function notEmpty({ waiting }: DeadLetters) {
  return {
    metric: waiting.with({ statistic: Stats.MAXIMUM }),
    comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
    threshold: 0,
    evaluationPeriods: 1,
    treatMissingData: TreatMissingData.NOT_BREACHING,
  };
}
