import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { TimeZone } from '../lambda/core/slots.ts';
import { LedgerFunction } from './ledger-function.ts';

export interface SealerProps {
  /** Whose days are sealed. */
  readonly timeZone: TimeZone;
  /** The time-stamp authority that signs each seal; none if undefined. */
  readonly timestampUrl: string | undefined;
  readonly logRetention: RetentionDays;
  /** Applies to the logs. */
  readonly removalPolicy: RemovalPolicy;
}

/**
 * In MB. For its share of a processor: with 256 MB a day of 400 accounts at `1m`, 580,000 items, would take over nine minutes, and
 * the time limit is five. A run is billed by memory times duration, so it costs about the same (docs/ledger.md#seals).
 */
const MEMORY = 1_024;

/** How long the Scheduler and Lambda try to run an event, each: Lambda's most. Sealing late or twice does no harm. */
export const SEAL_EVENT_AGE = Duration.hours(6);

/**
 * The function that seals the days of the ledger. It calls nobody who knows addresses, so it is never in the VPC of a fixed one.
 */
export class Sealer extends LedgerFunction {
  constructor(scope: Construct, id: string, props: SealerProps) {
    const { timeZone, timestampUrl, logRetention, removalPolicy } = props;
    super(scope, id, {
      description: 'Seals the days of the ledger',
      handler: 'lambda/handlers/sealer.ts',
      environment: {
        TIME_ZONE: timeZone,
        ...(timestampUrl === undefined ? {} : { TIMESTAMP_URL: timestampUrl }),
      },
      memory: MEMORY,
      maxEventAge: SEAL_EVENT_AGE,
      untraced: 'It runs once a day, and its log says what it did; tracing would need one more permission.',
      logRetention,
      removalPolicy,
    });
  }

  /** Makes it mail the last root of each month to a topic. */
  mailTo(topicArn: string): void {
    this.fn.addEnvironment('ROOT_TOPIC_ARN', topicArn);
    this.role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] }));
  }
}
