import { Duration, type RemovalPolicy } from 'aws-cdk-lib';
import type { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import type { Region, SigningAlgorithm } from '../lambda/core/regions.ts';
import { type Grid, tolerance } from '../lambda/core/slots.ts';
import { LedgerFunction, type Network } from './ledger-function.ts';

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

/** The function that takes the snapshots. */
export class Collector extends LedgerFunction {
  constructor(scope: Construct, id: string, props: CollectorProps) {
    const { regions, grid, jwtAlg, prices, memory, logRetention, network, removalPolicy } = props;
    super(scope, id, {
      description: 'Takes balance snapshots of Upbit accounts',
      handler: 'lambda/handlers/collector.ts',
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
      memory,
      // An event older than the tolerance can only be recorded as late, so it is not retried after that.
      maxEventAge: Duration.millis(tolerance(grid.every)),
      untraced: 'Each run logs the duration of every account; tracing would need one more permission.',
      logRetention,
      network,
      removalPolicy,
    });
  }
}
