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

/** Longer than any of our own messages; what a runtime says of a crash may be without end. */
const MAX_WORDS = 400;

/**
 * The environment of the function, which says what it is set to do; undefined where there is no such function.
 *
 * @throws CodedError `environment.invalid`, and what the client throws.
 */
export async function readSettings(
  client: LambdaClient,
  functionName: string,
): Promise<Environment | undefined> {
  const configuration = await orNothing(
    client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName })),
  );
  return configuration && readEnvironment(configuration.Environment?.Variables ?? {});
}

/** Looks at the function, whether it is one with what it was deployed with, and lets it sign in with every key. */
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
      ok(lookedAt, `it is there, for ${regions.join(', ')} every ${every} in ${timeZone}`),
      ...astray(lookedAt, environment, deployment),
    ];
  });
  // What is not there, or was not made by this project, is not called.
  if (setUp[0]?.state === 'wrong') return setUp;
  const { logGroupName } = deployment;
  return [...setUp, ...(await lookAt('sign-in', () => runCheck(client, functionName, logGroupName)))];
}

/** Where the function uses another table or secret than those that were looked at, all that was said of them misleads. */
function astray(
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
  return [wrong(lookedAt, found, 'Deploy again: that puts both the function and cdk.outputs.json right.')];
}

async function runCheck(
  client: LambdaClient,
  functionName: string,
  logGroupName: string | undefined,
): Promise<readonly Finding[]> {
  const lookedAt = 'sign-in';
  const answer = await orNothing(
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
        `Remove what this names; ${log} has more.`,
      ),
    ];
  }
  const { value, problem } = judgeReport(payload);
  return value ?? [unknown(lookedAt, `${problem}: see whether ${functionName} is this project’s function`)];
}

function absent(lookedAt: string): Finding {
  return wrong(
    lookedAt,
    'there is no such function in this AWS account and region',
    'See that AWS_PROFILE and AWS_REGION are those of the deploy, or deploy again.',
  );
}

async function orNothing<T>(sent: Promise<T>): Promise<T | undefined> {
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
