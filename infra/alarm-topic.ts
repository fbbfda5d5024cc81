import { ArnFormat, Stack } from 'aws-cdk-lib';
import type { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Subscription, SubscriptionProtocol, Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface AlarmTopicProps {
  /** AWS asks this address to confirm, once. No subscription if undefined. */
  readonly email: string | undefined;
}

/**
 * The topic of all alarms. It is not encrypted at rest: AWS's own key for SNS does not allow CloudWatch, a customer key
 * costs as much as the whole stack, and alarms contain no secrets.
 * repost.aws/knowledge-center/cloudwatch-configure-alarm-sns
 */
export class AlarmTopic extends Construct {
  readonly topicArn: string;
  private readonly action: SnsAction;

  constructor(scope: Construct, id: string, { email }: AlarmTopicProps) {
    super(scope, id);
    const topic = new Topic(this, 'Topic', { enforceSSL: true });
    this.topicArn = topic.topicArn;
    this.action = new SnsAction(topic);
    const stack = Stack.of(this);
    topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [topic.topicArn],
        conditions: {
          StringEquals: { 'aws:SourceAccount': stack.account },
          ArnLike: {
            'aws:SourceArn': stack.formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: '*',
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
        },
      }),
    );
    if (email !== undefined) {
      const subscription = new Subscription(this, 'Email', {
        topic,
        protocol: SubscriptionProtocol.EMAIL,
        endpoint: email,
      });
      acknowledge(subscription, {
        'Serverless-SNSRedrivePolicy':
          'A queue for mail that cannot be delivered would go unread; the alarm stays on and can be seen in CloudWatch.',
      });
    }
  }

  /** Sends a notice when the alarm goes off and when it clears. */
  notify(alarm: Alarm): void {
    alarm.addAlarmAction(this.action);
    alarm.addOkAction(this.action);
  }
}
