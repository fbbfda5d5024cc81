import { type Duration, Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { TimeZone } from '../lambda/core/slots.ts';
import { DeadLetters } from './dead-letters.ts';

export interface ScheduleProps {
  /** When the target is called: a cron expression of EventBridge Scheduler, in this time zone. */
  readonly cron: string;
  readonly timeZone: TimeZone;
  /** An event older than this is not delivered any more. At most 24 hours. */
  readonly maxEventAge: Duration;
  readonly target: LambdaFunction;
  /** The event, as JSON; EventBridge replaces `<aws.scheduler.scheduled-time>` with the time it is for. */
  readonly input: string;
}

/** Calls a function at the times of a cron expression, and passes it the time. */
export class Schedule extends Construct {
  /** Its group and its name: `group/name`. */
  readonly scheduleName: string;
  /** The events that could not be delivered to the function. */
  readonly undelivered: DeadLetters;

  constructor(scope: Construct, id: string, props: ScheduleProps) {
    super(scope, id);
    const { cron, timeZone, maxEventAge, target, input } = props;
    // A separate group, because a role can be restricted to a group of schedules but not to one schedule.
    const group = new CfnScheduleGroup(this, 'Group');
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: {
          StringEquals: { 'aws:SourceAccount': Stack.of(this).account, 'aws:SourceArn': group.attrArn },
        },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: [target.functionArn] }),
    );
    this.undelivered = new DeadLetters(this, 'Undelivered');
    this.undelivered.grantSend(role);
    const schedule = new CfnSchedule(this, 'Slots', {
      groupName: group.ref,
      scheduleExpression: cron,
      scheduleExpressionTimezone: timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input,
        retryPolicy: { maximumEventAgeInSeconds: maxEventAge.toSeconds() },
        deadLetterConfig: { arn: this.undelivered.queueArn },
      },
    });
    this.scheduleName = `${group.ref}/${schedule.ref}`;
    // Create the permissions first: a call may be due immediately.
    schedule.node.addDependency(role);
  }
}
