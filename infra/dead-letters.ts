import { Duration } from 'aws-cdk-lib';
import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { PolicyStatement, type Role } from 'aws-cdk-lib/aws-iam';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

/** A queue for messages that could not be delivered, kept for SQS's maximum: 14 days. */
export class DeadLetters extends Construct {
  readonly queueArn: string;
  readonly queueUrl: string;
  /** The maximum number of waiting messages in five minutes. */
  readonly waiting: Metric;

  constructor(scope: Construct, id: string) {
    super(scope, id);
    const queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queueArn = queue.queueArn;
    this.queueUrl = queue.queueUrl;
    this.waiting = queue.metricApproximateNumberOfMessagesVisible({ period: Duration.minutes(5) });
    acknowledge(queue, {
      'AwsSolutions-SQS3': 'It is a dead-letter queue itself, of a service that is not a queue.',
      'Serverless-SQSRedrivePolicy': 'It is a dead-letter queue: it has no consumer that could fail.',
    });
  }

  grantSend(role: Role): void {
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [this.queueArn] }));
  }
}
