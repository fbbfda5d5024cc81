import { InvokeCommand, type LambdaClient } from '@aws-sdk/client-lambda';
import type { Instant } from '../../lambda/core/instant.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { type Environment, readEnvironment } from '../../lambda/handlers/environment.ts';
import { judgeReport } from './check-report.ts';
import { settingsInWords } from './configuration.ts';
import { type Finding, lookAt, NOT_THERE, ok, unknown, wrong } from './finding.ts';
import { readConfiguration, undefinedIfNotFound } from './function-configuration.ts';

/** Longer than any of our own messages; a runtime's crash message may be endless. */
const MAX_WORDS = 400;

/** The function's settings, and when it was last changed, if Lambda says so. */
export interface Settings {
  readonly environment: Environment;
  readonly changedAt: Instant | undefined;
}

/** The other resources of the deployment, which the function should use. */
interface Expected {
  readonly tableName: string;
  readonly secretArn: string | undefined;
  readonly logGroupName: string | undefined;
}

/**
 * The function's settings; undefined if there is no such function.
 *
 * @throws CodedError `environment.invalid`, and what the client throws.
 */
export async function readSettings(
  client: LambdaClient,
  functionName: string,
): Promise<Settings | undefined> {
  const found = await readConfiguration(client, functionName);
  return found && { environment: readEnvironment(found.variables), changedAt: found.changedAt };
}

/** Checks that the function exists and matches the deployment, and has it sign in with every key. */
export async function lookAtFunction(
  client: LambdaClient,
  functionName: string,
  deployment: Expected,
  settings: Promise<Settings | undefined>,
): Promise<readonly Finding[]> {
  const lookedAt = `function ${functionName}`;
  const setUp = await lookAt(lookedAt, async () => {
    const { environment } = (await settings) ?? {};
    if (environment === undefined) return [absent(lookedAt)];
    return [
      ok(lookedAt, `it exists, for ${settingsInWords(environment)}`),
      ...mismatches(lookedAt, environment, deployment),
    ];
  });
  // Do not call a function that does not exist or is not ours.
  if (setUp[0]?.state === 'wrong') return setUp;
  const { logGroupName } = deployment;
  return [...setUp, ...(await lookAt('sign-in', () => runCheck(client, functionName, logGroupName)))];
}

/** If the function uses another table or secret than the ones checked, those findings are misleading. */
function mismatches(lookedAt: string, { tableName, secretId }: Environment, deployment: Expected): Finding[] {
  const others = [
    ...(tableName === deployment.tableName ? [] : [`writes to the table ${tableName}`]),
    ...(deployment.secretArn === undefined || secretId === deployment.secretArn
      ? []
      : [`reads its keys from ${secretId}`]),
  ];
  if (others.length === 0) return [];
  const found = `it ${others.join(' and ')}, which cdk.outputs.json does not name`;
  return [
    wrong(
      lookedAt,
      found,
      'Deploy again, which writes cdk.outputs.json. If somebody changed the function by hand, undo that.',
    ),
  ];
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
    const failed = wrong(
      lookedAt,
      `the function failed: ${words === '' ? answer.FunctionError : words.slice(0, MAX_WORDS)}`,
      `Fix the problem named here; ${log} has more.`,
    );
    const cause = typeof errorMessage === 'string' ? errorMessage : '';
    const instead = wrong(lookedAt, 'not possible until the problem named above is fixed', undefined);
    return [{ ...failed, tells: ['run-error'], echoes: [{ of: cause, instead }] }];
  }
  const { value, problem } = judgeReport(payload);
  return value ?? [unknown(lookedAt, `${problem}: check whether ${functionName} is this project’s function`)];
}

function absent(lookedAt: string): Finding {
  return wrong(lookedAt, 'there is no such function in this AWS account and region', NOT_THERE);
}

function parseJson(payload: Uint8Array | undefined): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}
