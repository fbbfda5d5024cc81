import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** A queue for what could not be delivered, kept for as long as SQS keeps anything: 14 days. */
export class DeadLetters extends Construct {
  readonly queueArn: string;
  /** How many messages wait in it, at most, in five minutes. */
  readonly waiting: Metric;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queueArn = queue.queueArn;
    this.waiting = queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) });
    acknowledge(queue, {
      'AwsSolutions-SQS3': 'It is a dead-letter queue, of a service that is no queue itself.',
      'Serverless-SQSRedrivePolicy': 'It is a dead-letter queue: nothing is taken from it that could fail.',
    });
  }

  grantSend(role: Role): void {
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queueArn] }));
  }
}
