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
  /** When it is called: at every slot of this grid. */
  readonly grid: Grid;
  /** What is called. */
  readonly target: LambdaFunction;
  /** What it is told, as JSON; EventBridge puts the slot in the place of `<aws.scheduler.scheduled-time>`. */
  readonly input: string;
}

/** Calls a function at every slot of a grid, and tells it which slot it is. */
export class Schedule extends Construct {
  /** What could not be handed to the function. */
  readonly undelivered: DeadLetters;

  constructor(scope: Construct, id: string, { grid, target, input }: ScheduleProps) {
    super(scope, id);
    // A group of its own: a role can be bound to a group of schedules, not to one of them.
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
        // An event that is older than the tolerance can only be recorded as late.
        retryPolicy: { maximumEventAgeInSeconds: tolerance(grid.every) / SECOND },
        deadLetterConfig: { arn: this.undelivered.queueArn },
      },
    });
    // The permissions first: a slot may be due at once.
    schedule.node.addDependency(role);
  }
}
