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
import type { Region, SigningAlgorithm } from '../lambda/core/regions.ts';
import { type Grid, tolerance } from '../lambda/core/slots.ts';
import { TIME_LIMIT } from '../lambda/core/time-limit.ts';
import { acknowledge } from './acknowledge.ts';
import { bundled } from './bundle.ts';
import { DeadLetters } from './dead-letters.ts';

export interface CollectorProps {
  readonly regions: readonly Region[];
  readonly grid: Grid;
  /** Overrides the signing algorithm of every region, if set. */
  readonly jwtAlg: SigningAlgorithm | undefined;
  /** Whether prices are recorded too. */
  readonly prices: boolean;
  /** In MB. */
  readonly memory: number;
  readonly logRetention: RetentionDays;
  /** The function's network; Lambda's own by default. */
  readonly network?: Network | undefined;
  /** Applies to the logs. */
  readonly removalPolicy: RemovalPolicy;
}

/** A place in a VPC. */
export type Network = Required<Pick<FunctionOptions, 'vpc' | 'vpcSubnets' | 'securityGroups'>>;

/** The function that takes the snapshots, with its log and the queue of runs that failed at every attempt. */
export class Collector extends Construct {
  readonly fn: LambdaFunction;
  readonly role: Role;
  readonly logGroup: LogGroup;
  /** The events of runs that failed at every attempt. */
  readonly failedRuns: DeadLetters;

  constructor(scope: Construct, id: string, props: CollectorProps) {
    super(scope, id);
    const { regions, grid, jwtAlg, prices, memory, logRetention, network, removalPolicy } = props;
    this.logGroup = new LogGroup(this, 'Log', { retention: logRetention, removalPolicy });
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.fn = new NodejsFunction(this, 'Function', {
      description: 'Takes balance snapshots of Upbit accounts',
      ...bundled('lambda/handlers/collector.ts'),
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: memory,
      timeout: Duration.millis(TIME_LIMIT),
      role: this.role,
      ...network,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      environment: {
        REGIONS: regions.join(','),
        EVERY: grid.every,
        TIME_ZONE: grid.timeZone,
        // Node looks names up on half of these threads. With the default of 4, two regions whose names do not resolve
        // would keep DynamoDB's from being found.
        UV_THREADPOOL_SIZE: '16',
        ...(jwtAlg === undefined ? {} : { JWT_ALG: jwtAlg }),
        ...(prices ? {} : { PRICES: 'false' }),
      },
    });
    acknowledge(this.fn, {
      'Serverless-LambdaDLQ': 'Failed runs go to the queue of the on-failure destination, with their error.',
      'Serverless-LambdaTracing':
        'Each run logs the duration of every account; tracing would need one more permission.',
    });
    this.role.addToPolicy(
      new PolicyStatement({
        actions: ['logs:CreateLogStream', 'logs:PutLogEvents'],
        resources: [this.logGroup.logGroupArn],
      }),
    );
    this.failedRuns = new DeadLetters(this, 'FailedRuns');
    this.failedRuns.grantSend(this.role);
    this.keepFailedRuns(Duration.millis(tolerance(grid.every)));
  }

  /** An event older than the tolerance can only be recorded as late, so it is not retried after that. */
  private keepFailedRuns(maxEventAge: Duration): void {
    this.fn.configureAsyncInvoke({
      maxEventAge,
      retryAttempts: 2,
      // The CDK's own destination would also grant reading the queue's attributes.
      onFailure: { bind: () => ({ destination: this.failedRuns.queueArn }) },
    });
  }
}
