import { CfnOutput, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { ApiKeys } from './api-keys.ts';
import { Collector } from './collector.ts';
import type { StackConfig } from './config.ts';
import { Dashboard } from './dashboard.ts';
import { Egress } from './egress.ts';
import { Ledger } from './ledger.ts';
import { Monitoring } from './monitoring.ts';
import { Schedule } from './schedule.ts';

/** Everything that runs in AWS. Not tied to an AWS account or region: both come from the deploy. */
export class SnapshotStack extends Stack {
  constructor(scope: Construct, config: StackConfig) {
    super(scope, config.stackName, { description: 'Exact, timestamped balance snapshots of Upbit accounts' });
    const removalPolicy = config.removal === 'destroy' ? RemovalPolicy.DESTROY : RemovalPolicy.RETAIN;
    const grid = { every: config.every, timeZone: config.timeZone };

    const ledger = new Ledger(this, 'Ledger', { removalPolicy });
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
      grid,
      target: collector.fn,
      input: '{"slot":"<aws.scheduler.scheduled-time>"}',
    });
    const watched = {
      collector: collector.fn,
      logGroup: collector.logGroup,
      every: config.every,
      failedRuns: collector.failedRuns,
      undelivered: schedule.undelivered,
    };
    const monitoring = new Monitoring(this, 'Monitoring', { ...watched, alarmEmail: config.alarmEmail });
    for (const alarm of egress?.alarms ?? []) monitoring.addAlarm(alarm);
    if (config.dashboard) new Dashboard(this, 'Dashboard', watched);

    const output = (name: string, value: string, description: string) =>
      new CfnOutput(this, name, { value, description });
    output('TableName', ledger.table.tableName, 'The table of snapshots');
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
    output('AlarmTopicArn', monitoring.topicArn, 'The topic of the alarms');
    output('AwsRegion', this.region, 'The AWS region of the stack');
  }
}
