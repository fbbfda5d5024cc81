import { CfnOutput, Duration, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { tolerance } from '../lambda/core/slots.ts';
import { ApiKeys } from './api-keys.ts';
import { Collector } from './collector.ts';
import type { StackConfig } from './config.ts';
import { cronExpression, SEALING_CRON } from './cron.ts';
import { Dashboard } from './dashboard.ts';
import { Egress } from './egress.ts';
import { Ledger } from './ledger.ts';
import { Monitoring } from './monitoring.ts';
import { Schedule } from './schedule.ts';
import { SEAL_EVENT_AGE, Sealer } from './sealer.ts';

/** Everything that runs in AWS. Not tied to an AWS account or region: both come from the deploy. */
export class SnapshotStack extends Stack {
  constructor(scope: Construct, config: StackConfig) {
    super(scope, config.stackName, { description: 'Exact, timestamped balance snapshots of Upbit accounts' });
    const removalPolicy = config.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    const grid = { every: config.every, timeZone: config.timeZone };

    const ledger = new Ledger(this, 'Ledger', { removalPolicy, replicas: config.replicas });
    const apiKeys = new ApiKeys(this, 'ApiKeys', { removalPolicy });
    const egress =
      config.egress === 'dynamic'
        ? undefined
        : new Egress(this, 'Egress', { kind: config.egress, removalPolicy });
    const collector = new Collector(this, 'Collector', {
      regions: config.regions,
      grid,
      jwtAlg: config.jwtAlg,
      prices: config.prices,
      memory: config.memory,
      logRetention: config.logDays,
      network: egress?.network,
      removalPolicy,
    });
    ledger.grantRecord(collector.fn);
    apiKeys.grantRead(collector.fn);
    if (egress !== undefined) {
      egress.grantUse(collector.fn, collector.role);
      ledger.grantPassage(egress.ledgerEndpoint, collector.role);
    }
    const schedule = new Schedule(this, 'Schedule', {
      cron: cronExpression(config.every),
      timeZone: config.timeZone,
      // An event older than the tolerance can only be recorded as late.
      maxEventAge: Duration.millis(tolerance(config.every)),
      target: collector.fn,
      input: '{"slot":"<aws.scheduler.scheduled-time>"}',
    });
    const sealing = config.seals ? this.addSealing(config, ledger, removalPolicy) : undefined;
    const watched = {
      collector: collector.fn,
      logGroup: collector.logGroup,
      every: config.every,
      failedRuns: collector.failedRuns,
      undelivered: schedule.undelivered,
      sealing: sealing && {
        sealer: sealing.sealer.fn,
        logGroup: sealing.sealer.logGroup,
        failedRuns: sealing.sealer.failedRuns,
        undelivered: sealing.schedule.undelivered,
      },
    };
    const monitoring = new Monitoring(this, 'Monitoring', { ...watched, alarmEmail: config.alarmEmail });
    if (config.alarmEmail !== undefined) sealing?.sealer.mailTo(monitoring.topicArn);
    for (const alarm of egress?.alarms ?? []) monitoring.addAlarm(alarm);
    if (config.dashboard) new Dashboard(this, 'Dashboard', watched);

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('TableName', ledger.table.tableName, 'The table of snapshots');
    const { replicas = [] } = config;
    if (replicas.length > 0)
      output('ReplicaRegions', replicas.join(','), 'The other AWS regions with a copy of the table');
    output('ApiKeysSecretArn', apiKeys.secretArn, 'The secret for the API keys');
    output('CollectorFunctionName', collector.fn.functionName, 'The function that takes the snapshots');
    output('CollectorLogGroupName', collector.logGroup.logGroupName, 'The log group of the function');
    if (egress !== undefined) {
      const description = 'Register this address with each API key at Upbit: every call comes from it';
      output('EgressAddress', egress.address, description);
    }
    output('ScheduleName', schedule.scheduleName, 'The schedule of the function, as group/name');
    output('UndeliveredQueueUrl', schedule.undelivered.queueUrl, 'The queue of undelivered events');
    output('FailedRunsQueueUrl', collector.failedRuns.queueUrl, 'The queue of failed runs');
    if (sealing !== undefined) {
      const { sealer, schedule: sealSchedule } = sealing;
      output('SealerFunctionName', sealer.fn.functionName, 'The function that seals the days');
      output('SealerLogGroupName', sealer.logGroup.logGroupName, 'The log group of the sealer');
      output('SealerScheduleName', sealSchedule.scheduleName, 'The schedule of the sealer, as group/name');
      output(
        'SealerUndeliveredQueueUrl',
        sealSchedule.undelivered.queueUrl,
        'The queue of events the sealer did not get',
      );
      output(
        'SealerFailedRunsQueueUrl',
        sealer.failedRuns.queueUrl,
        'The queue of failed runs of the sealer',
      );
    }
    output('AlarmTopicArn', monitoring.topicArn, 'The topic of the alarms');
    output('AwsRegion', this.region, 'The AWS region of the stack');
  }

  /** The function that seals the days, and its schedule. */
  private addSealing(
    { timeZone, timestampUrl, logDays }: StackConfig,
    ledger: Ledger,
    removalPolicy: RemovalPolicy,
  ) {
    const sealer = new Sealer(this, 'Sealer', {
      ...{ timeZone, timestampUrl, logRetention: logDays, removalPolicy },
    });
    ledger.grantSeal(sealer.fn);
    const schedule = new Schedule(this, 'SealSchedule', {
      cron: SEALING_CRON,
      timeZone,
      maxEventAge: SEAL_EVENT_AGE,
      target: sealer.fn,
      input: '{"seal":"<aws.scheduler.scheduled-time>"}',
    });
    return { sealer, schedule };
  }
}
