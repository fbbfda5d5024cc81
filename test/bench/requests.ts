import { startEmbeddedDynamoDb } from '../../infra/local/embedded-dynamodb.ts';
import { parseAccountName } from '../../lambda/core/account.ts';
import { formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { type DeployedFunction, invoke } from '../bundle/deployed.ts';
import { startStandIns } from '../bundle/stand-ins.ts';
import { startCountingProxy } from './counting-proxy.ts';

const ACCOUNTS = 30;
const WARM_RUNS = 5;

/** Runs the bundle on its stand-ins and counts what it asks of whom: one cold process, then the same one warm. */
export async function countRequests(deployed: DeployedFunction): Promise<string[]> {
  const accounts = Array.from({ length: ACCOUNTS }, (_, index) => parseAccountName(`sg/a${index}`)).flatMap(
    (account) => account ?? [],
  );
  const database = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  const proxy = await startCountingProxy(database.endpoint);
  const standIns = await startStandIns(accounts, {
    endpoint: proxy.endpoint,
    close: async () => {
      await proxy.close();
      await database.close();
    },
  });
  const environment = { ...standIns.environment(deployed), REGIONS: 'sg' };
  const now = Date.now();
  const event = (index: number) => [{ manual: formatSecond(now - index * SECOND) }];
  const lines: string[] = [];
  const count = async (title: string, runs: number, first: number) => {
    const [calls, secrets] = [standIns.upbit.calls.length, standIns.secrets.calls()];
    proxy.take();
    await invoke(
      deployed,
      environment,
      Array.from({ length: runs }, (_, index) => event(first + index)),
    );
    const asked = [...proxy.take()].map(([operation, times]) => `${times} ${operation}`).join(', ');
    lines.push(
      `${title}: ${standIns.upbit.calls.length - calls} calls of Upbit, ${standIns.secrets.calls() - secrets} of Secrets Manager, DynamoDB ${asked}`,
    );
  };
  await count(`the very first run of ${ACCOUNTS} accounts (each enters the catalog)`, 1, 0);
  await count(`a cold run of ${ACCOUNTS} accounts`, 1, 1);
  await count(`a cold run and ${WARM_RUNS} warm ones of ${ACCOUNTS} accounts`, 1 + WARM_RUNS, 2);
  await standIns.close();
  return lines;
}
