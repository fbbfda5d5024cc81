import {
  GetFunctionConfigurationCommand,
  InvokeCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import { isObject } from '../../lambda/core/parsed.ts';
import { type Environment, readEnvironment } from '../../lambda/handlers/environment.ts';
import type { Deployment } from '../ledger/deployment.ts';
import { judgeReport } from './check-report.ts';
import { type Finding, lookAt, ok, unknown, wrong } from './finding.ts';

/** Longer than any of our own messages; a runtime's crash message may be endless. */
const MAX_WORDS = 400;

/**
 * The function's environment, i.e. its settings; undefined if there is no such function.
 *
 * @throws CodedError `environment.invalid`, and what the client throws.
 */
export async function readSettings(
  client: LambdaClient,
  functionName: string,
): Promise<Environment | undefined> {
  const configuration = await undefinedIfNotFound(
    client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
  );
  return configuration && readEnvironment(configuration.Environment?.Variables ?? {});
}

/** Checks that the function exists and matches the deployment, and has it sign in with every key. */
export async function lookAtFunction(
  client: LambdaClient,
  functionName: string,
  deployment: Deployment,
  settings: Promise<Environment | undefined>,
): Promise<readonly Finding[]> {
  const lookedAt = `function ${functionName}`;
  const setUp = await lookAt(lookedAt, async () => {
    const environment = await settings;
    if (environment === undefined) return [absent(lookedAt)];
    const { regions, every, timeZone } = environment;
    return [
      ok(lookedAt, `it exists, for ${regions.join(', ')} every ${every} in ${timeZone}`),
      ...mismatches(lookedAt, environment, deployment),
    ];
  });
  // Do not call a function that does not exist or is not ours.
  if (setUp[0]?.state === 'wrong') return setUp;
  const { logGroupName } = deployment;
  return [...setUp, ...(await lookAt('sign-in', () => runCheck(client, functionName, logGroupName)))];
}

/** If the function uses another table or secret than the ones checked, those findings are misleading. */
function mismatches(
  lookedAt: string,
  { tableName, secretId }: Environment,
  deployment: Pick<Deployment, 'tableName' | 'secretArn'>,
): Finding[] {
  const others = [
    ...(tableName === deployment.tableName ? [] : [`writes to the table ${tableName}`]),
    ...(deployment.secretArn === undefined || secretId === deployment.secretArn
      ? []
      : [`reads its keys from ${secretId}`]),
  ];
  if (others.length === 0) return [];
  const found = `it ${others.join(' and ')}, which cdk.outputs.json does not name`;
  return [wrong(lookedAt, found, 'Deploy again: that corrects both the function and cdk.outputs.json.')];
}

async function runCheck(
  client: LambdaClient,
  functionName: string,
  logGroupName: string | undefined,
): Promise<readonly Finding[]> {
  const lookedAt = 'sign-in';
  const answer = await undefinedIfNotFound(
    client.send(new InvokeCommand({ FunctionName: functionName, Payload: '{"check":true}' })),
  );
  if (answer === undefined) return [absent(lookedAt)];
  const payload = parseJson(answer.Payload);
  const log = logGroupName === undefined ? 'the log of the function' : `the log ${logGroupName}`;
  if (answer.FunctionError !== undefined) {
    const { errorType, errorMessage } = isObject(payload) ? payload : {};
    const words = [errorType, errorMessage].filter((word) => typeof word === 'string').join(': ');
    return [
      wrong(
        lookedAt,
        `the function failed: ${words === '' ? answer.FunctionError : words.slice(0, MAX_WORDS)}`,
        `Fix the problem named here; ${log} has more.`,
      ),
    ];
  }
  const { value, problem } = judgeReport(payload);
  return value ?? [unknown(lookedAt, `${problem}: check whether ${functionName} is this project’s function`)];
}

function absent(lookedAt: string): Finding {
  return wrong(
    lookedAt,
    'there is no such function in this AWS account and region',
    'Check that AWS_PROFILE and AWS_REGION are those of the deployment, or deploy again.',
  );
}

async function undefinedIfNotFound<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}

function parseJson(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}
