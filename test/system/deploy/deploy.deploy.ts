import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { demoAccounts, secretOf } from '../../../infra/local/demo-accounts.ts';
import { type SimulatedUpbit, startSimulatedUpbit } from '../../../infra/local/simulated-upbit.ts';
import { SECOND } from '../../../lambda/core/instant.ts';
import { objectOf, readText } from '../../support/checkout.ts';
import { RUNS_NODE_24 } from '../runtime/node-24.ts';
import { type EmulatedAws, startEmulatedAws } from './emulated-aws.ts';
import { installPythonTools } from './python-tools.ts';
import { openTerminal, type Terminal } from './terminal.ts';

const STACK = 'upbit-balance-snapshots';
const AWS_ACCOUNT = '123456789012';
/** The README's commands; a test below compares them. The finest cadence, so that the first slot is soon. */
const BOOTSTRAP = 'npx cdk bootstrap';
const DEPLOY = 'npx cdk deploy -c regions=sg,id,th -c every=1m -c alarmEmail=ops@example.com';
const PUT_KEYS =
  'aws secretsmanager put-secret-value --secret-id "$(jq -r \'.[].ApiKeysSecretArn\' cdk.outputs.json)" --secret-string file://keys.json';
const BALANCES = 'npx balances';
/** Other values of every kind of setting. */
const REDEPLOY =
  'npx cdk deploy -c regions=sg,id -c every=5m -c timeZone=Asia/Singapore -c alarmEmail=ops@example.com -c egress=nat-instance -c dashboard=true';

const DESTROY = 'npx cdk destroy';

/** A row of `latest`. */
interface Row {
  readonly account: string;
  readonly slot: string;
  readonly currency: string;
}

const accountsOf = (rows: readonly Row[]) => new Set(rows.map(({ account }) => account));

/** A slot is due within a minute, the emulated Scheduler looks every 10 s, and the function may have to start. */
const SNAPSHOT_LIMIT = 150 * SECOND;

describe.skipIf(!RUNS_NODE_24)('the stack on an emulated AWS, as the README deploys it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'deploy-'));
  let upbit: SimulatedUpbit;
  let aws: EmulatedAws;
  let terminal: Terminal;

  beforeAll(async () => {
    const python = installPythonTools();
    const accounts = demoAccounts(Date.now());
    upbit = await startSimulatedUpbit({ now: Date.now, accounts });
    aws = await startEmulatedAws({
      python,
      folder: join(folder, 'aws'),
      awsAccount: AWS_ACCOUNT,
      variables: { UPBIT_API_URL: upbit.url },
    });
    terminal = openTerminal(join(folder, 'checkout'), {
      PATH: [python, dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      AWS_ENDPOINT_URL: aws.endpoint,
      AWS_REGION: 'ap-southeast-1',
      // The AWS CLI of version 1 reads no other.
      AWS_DEFAULT_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'fake-access-key-id',
      AWS_SECRET_ACCESS_KEY: 'fake-secret-access-key',
      // There is nobody to ask whether the permissions are fine.
      CDK_REQUIRE_APPROVAL: 'never',
    });
    writeFileSync(join(terminal.folder, 'keys.json'), secretOf(accounts), { mode: 0o600 });
  });
  afterEach(({ task }) => {
    if (task.result?.state === 'fail') process.stderr.write(aws.log().slice(-4000));
  });
  afterAll(async () => {
    await Promise.all([aws?.close(), upbit?.close()]);
    rmSync(folder, { recursive: true, force: true });
  });

  const json = async (command: string) => JSON.parse(await terminal.type(command));
  const outputs = () =>
    objectOf(objectOf(JSON.parse(readFileSync(join(terminal.folder, 'cdk.outputs.json'), 'utf8')))[STACK]);
  const table = () => String(outputs()['TableName']);
  const template = () =>
    objectOf(JSON.parse(readFileSync(join(terminal.folder, `cdk.out/${STACK}.template.json`), 'utf8')));
  const resources = () =>
    Object.entries(objectOf(template()['Resources'])).map(([id, resource]) => {
      const { Type: type, DeletionPolicy: policy } = objectOf(resource);
      return { id, type, policy };
    });
  const items = async (): Promise<unknown[]> =>
    (await json(`aws dynamodb scan --table-name ${table()} --consistent-read`)).Items;
  const latest = async (): Promise<Row[]> => await json(`${BALANCES} latest --format json`);
  const identity = async () =>
    (await json(
      `aws dynamodb describe-table --table-name ${table()} --query Table.[TableArn,TableId]`,
    )) as unknown;
  /** What CloudFormation did to each resource since the stack was created, newest first, as `STATUS LogicalId`. */
  const events = async (stack: string): Promise<string[]> =>
    await json(
      `aws cloudformation describe-stack-events --stack-name ${stack} --query "StackEvents[].join(' ', [ResourceStatus, LogicalResourceId])"`,
    );

  it('types the commands of the README', () => {
    const readme = readText('README.md');
    for (const command of [BOOTSTRAP, DEPLOY.replace('1m', '1h'), PUT_KEYS, `${BALANCES} doctor`])
      expect(readme).toContain(`${command}\``);
  });

  it('is bootstrapped and deployed by the CDK, with every resource of its template', async () => {
    await terminal.type(BOOTSTRAP);
    await terminal.type(DEPLOY);
    const complete = resources().map(({ id }) => `CREATE_COMPLETE ${id}`);
    expect(complete.length).toBeGreaterThan(20);
    expect(await events(STACK)).toEqual(expect.arrayContaining([...complete, `CREATE_COMPLETE ${STACK}`]));
    expect(Object.keys(outputs())).toEqual(
      expect.arrayContaining([
        'TableName',
        'ApiKeysSecretArn',
        'CollectorFunctionName',
        'SealerFunctionName',
      ]),
    );
  });

  it('has no keys at first, and the doctor says so', async () => {
    const { exitCode, stdout, stderr } = await terminal.run(`${BALANCES} doctor`);
    expect(stdout, stderr).toMatch(/wrong {4}secret: /);
    expect(exitCode).toBe(3);
  });

  it('passes the doctor once the keys are in the secret', async () => {
    await terminal.type(PUT_KEYS);
    const told = await terminal.type(`${BALANCES} doctor`);
    for (const account of ['id/main', 'sg/main', 'th/main'])
      expect(told).toContain(`ok       ${account}: signs in`);
  });

  it('takes a snapshot of every account when the Scheduler calls it', async () => {
    const until = Date.now() + SNAPSHOT_LIMIT;
    let rows = await latest();
    while (accountsOf(rows).size < 3 && Date.now() < until) {
      await setTimeout(2 * SECOND);
      rows = await latest();
    }
    const held = demoAccounts(Date.now()).flatMap(({ region, balances }) =>
      balances(Date.now()).map(({ currency }) => `${region}/main ${currency}`),
    );
    expect(rows.map(({ account, currency }) => `${account} ${currency}`)).toEqual(held.sort());
    // The Scheduler's time, not the function's clock.
    const slots = new Set(rows.map(({ slot }) => slot));
    expect([...slots]).toEqual([expect.stringMatching(/T\d\d:\d\d:00Z$/)]);
    // Slots that were due before the keys were put are failures; there is no other gap.
    const { stdout } = await terminal.run(`${BALANCES} gaps --from 1h --format json`);
    const reasons = JSON.parse(stdout).map((gap: { reason: string }) => gap.reason);
    expect(reasons.filter((reason: string) => reason !== 'keys.missing')).toEqual([]);
  });

  it('seals nothing on its first day, which is not over', async () => {
    const name = String(outputs()['SealerFunctionName']);
    const seal = `{"seal":"${new Date().toISOString().slice(0, 19)}Z"}`;
    await terminal.type(`aws lambda invoke --function-name ${name} --payload '${seal}' sealed.json`);
    expect(JSON.parse(readFileSync(join(terminal.folder, 'sealed.json'), 'utf8'))).toEqual({ sealed: [] });
  });

  it('is the same table with the same items after a deploy with other settings', async () => {
    const before = { identity: await identity(), outputs: outputs(), items: await items() };
    const happened = await events(STACK);
    await terminal.type(REDEPLOY);
    expect(await identity()).toEqual(before.identity);
    expect(outputs()).toEqual({ ...before.outputs, EgressAddress: '192.0.2.1' });
    expect(await items()).toEqual(expect.arrayContaining(before.items));

    const since = (await events(STACK)).slice(0, -happened.length);
    expect(since[0]).toBe(`UPDATE_COMPLETE ${STACK}`);
    expect(since.filter((event) => /FAILED|DELETE|ROLLBACK/.test(event))).toEqual([]);
    const complete = resources().map(({ id }) => `UPDATE_COMPLETE ${id}`);
    expect(since).toEqual(expect.arrayContaining(complete));
    expect((await json('aws scheduler list-schedules')).Schedules).toHaveLength(2);
    for (const [output, expression] of [
      ['ScheduleName', 'cron(0/5 * * * ? *)'],
      ['SealerScheduleName', 'cron(0 1 * * ? *)'],
    ] as const) {
      const [group, name] = String(outputs()[output]).split('/');
      const schedule = await json(`aws scheduler get-schedule --name ${name} --group-name ${group}`);
      expect(schedule).toMatchObject({
        ScheduleExpression: expression,
        ScheduleExpressionTimezone: 'Asia/Singapore',
      });
    }
  });

  it('collects by the new settings into that table', async () => {
    const { stdout, stderr } = await terminal.run(`${BALANCES} doctor`);
    expect(stdout, stderr).toContain('id, sg every 5m in Asia/Singapore');
    expect(stdout).toContain('192.0.2.1');
    const before = await latest();
    const name = String(outputs()['CollectorFunctionName']);
    await terminal.type(`aws lambda invoke --function-name ${name} --payload '{"manual":true}' report.json`);
    const after = await latest();
    for (const region of ['id', 'sg', 'th']) {
      const of = ({ account }: Row) => account === `${region}/main`;
      const isNew = after.find(of)?.slot !== before.find(of)?.slot;
      expect(isNew, region).toBe(region !== 'th');
    }
  });

  it('leaves the ledger, the keys, the log and the address when it is destroyed, and the ledger is read', async () => {
    const [{ StackId: stackId }] = (await json(`aws cloudformation describe-stacks --stack-name ${STACK}`))
      .Stacks;
    const before = { identity: await identity(), items: await items() };
    const kept = resources().filter(({ policy }) => policy === 'Retain');
    expect(kept.map(({ type }) => type).sort()).toEqual([
      'AWS::DynamoDB::GlobalTable',
      'AWS::EC2::EIP',
      'AWS::Logs::LogGroup',
      'AWS::Logs::LogGroup',
      'AWS::SecretsManager::Secret',
    ]);
    await terminal.type(`${DESTROY} --force`);
    const end = await events(stackId);
    expect(end[0]).toBe(`DELETE_COMPLETE ${STACK}`);
    const skipped = end.filter((event) => event.startsWith('DELETE_SKIPPED'));
    expect(skipped.sort()).toEqual(kept.map(({ id }) => `DELETE_SKIPPED ${id}`).sort());
    expect((await json('aws lambda list-functions')).Functions).toEqual([]);

    expect(await identity()).toEqual(before.identity);
    // A slot may have been due in the meantime.
    expect(await items()).toEqual(expect.arrayContaining(before.items));
    expect(accountsOf(await latest())).toEqual(new Set(['id/main', 'sg/main', 'th/main']));
    await terminal.type(
      'aws secretsmanager get-secret-value --secret-id "$(jq -r \'.[].ApiKeysSecretArn\' cdk.outputs.json)"',
    );
  });
});
