import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  type FunctionOptions,
  type Function as LambdaFunction,
  LoggingFormat,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, type RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { TIME_LIMIT } from '../lambda/core/time-limit.ts';
import { acknowledge } from './acknowledge.ts';
import { bundled } from './bundle.ts';
import { DeadLetters } from './dead-letters.ts';

export interface LedgerFunctionProps {
  readonly description: string;
  /** The file with the handler, from the root of the checkout. */
  readonly handler: string;
  /** The variables, except those that a grant adds. */
  readonly environment: Readonly<Record<string, string>>;
  /** In MB. */
  readonly memory: number;
  /** An event older than this is not tried again. Lambda's most is 6 hours. */
  readonly maxEventAge: Duration;
  /** Why cdk-nag should accept that the function is not traced. */
  readonly untraced: string;
  readonly logRetention: RetentionDays;
  /** The function's network; Lambda's own by default. */
  readonly network?: Network | undefined;
  /** Applies to the logs. */
  readonly removalPolicy: RemovalPolicy;
}

/** A place in a VPC. */
export type Network = Required<Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>>;

/** A function that works on the ledger, with its log, its role and the queue of runs that failed at every attempt. */
export class LedgerFunction extends Construct {
  readonly fn: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** The events of runs that failed at every attempt. */
  readonly failedRuns: DeadLetters;

  constructor(scope: Construct, id: string, props: LedgerFunctionProps) {
    super(scope, id);
    const { description, handler, environment, memory, maxEventAge, untraced } = props;
    const { logRetention, network, removalPolicy } = props;
    this.logGroup = new LogGroup(this, 'Log', { retention: logRetention, removalPolicy });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.fn = new NodejsFunction(this, 'Function', {
      description,
      ...bundled(handler),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout: Duration.millis(TIME_LIMIT),
      role: this.role,
      ...network,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment,
    });
    acknowledge(this.fn, {
      'Serverless-LambdaDLQ': 'Failed runs go to the queue of the on-failure destination, with their error.',
      'Serverless-LambdaTracing': untraced,
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    this.failedRuns = new DeadLetters(this, 'FailedRuns');
    this.failedRuns.grantSend(this.role);
    this.fn.configureAsyncInvoke({
      maxEventAge,
      retryAttempts: 2,
      // The CDK's own destination would also grant reading the queue's attributes.
      onFailure: { bind: () => ({ destination: this.failedRuns.queueArn }) },
    });
  }
}
