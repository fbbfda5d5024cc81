import { Stack } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { SECOND } from '../lambda/core/instant.ts';
import { type Grid, tolerance } from '../lambda/core/slots.ts';
import { cronExpression } from './cron.ts';
import { DeadLetters } from './dead-letters.ts';

export interface ScheduleProps {
  /** The target is called at every slot of this grid. */
  readonly grid: Grid;
  readonly target: LambdaFunction;
  /** The event, as JSON; EventBridge replaces `<aws.scheduler.scheduled-time>` with the slot. */
  readonly input: string;
}

/** Calls a function at every slot of a grid, and passes it the slot. */
export class Schedule extends Construct {
  /** Its group and its name: `group/name`. */
  readonly scheduleName: string;
  /** The events that could not be delivered to the function. */
  readonly undelivered: DeadLetters;

  constructor(scope: Construct, id: string, { grid, target, input }: ScheduleProps) {
    super(scope, id);
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
      scheduleExpression: cronExpression(grid.every),
      scheduleExpressionTimezone: grid.timeZone,
      flexibleTimeWindow: { mode: 'OFF' },
      target: {
        arn: target.functionArn,
        roleArn: role.roleArn,
        input,
        // An event older than the tolerance can only be recorded as late.
        retryPolicy: { maximumEventAgeInSeconds: tolerance(grid.every) / SECOND },
        deadLetterConfig: { arn: this.undelivered.queueArn },
      },
    });
    this.scheduleName = `${group.ref}/${schedule.ref}`;
    // Create the permissions first: a slot may be due immediately.
    schedule.node.addDependency(role);
  }
}
