import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';
import { isObject } from '../../lambda/core/parsed.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** The outputs of a stack that the commands use. */
export interface Deployment {
  readonly tableName: string;
  /** Undefined if neither the environment nor a deploy sets it; the AWS profile may. */
  readonly awsRegion: string | undefined;
  /** What else the deploy created; undefined if the table was named and no known deploy made it. */
  readonly stack: DeployedStack | undefined;
}

/** What a deploy created besides the table. Each is undefined if the deploy was of an older version. */
export interface DeployedStack {
  readonly name: string;
  readonly secretArn: string | undefined;
  readonly functionName: string | undefined;
  readonly logGroupName: string | undefined;
  /** `group/name` */
  readonly scheduleName: string | undefined;
  readonly undeliveredQueueUrl: string | undefined;
  readonly failedRunsQueueUrl: string | undefined;
  readonly alarmTopicArn: string | undefined;
  /** What seals the days; undefined if nothing does. */
  readonly sealer: DeployedSealer | undefined;
  /** The other AWS regions with a copy of the table. */
  readonly replicas: readonly string[];
}

/** The part of a stack that seals the days. */
export interface DeployedSealer {
  readonly functionName: string;
  readonly logGroupName: string | undefined;
  /** `group/name` */
  readonly scheduleName: string | undefined;
  readonly undeliveredQueueUrl: string | undefined;
  readonly failedRunsQueueUrl: string | undefined;
}

const OUTPUTS_FILE = 'cdk.outputs.json';

/**
 * Finds the deployment to read: the requested table, else `TABLE_NAME`, else the one in the deploy's outputs file under
 * `root`, along with the other outputs of its stack. The AWS region of the environment takes precedence over the file's.
 *
 * @throws CodedError `ledger.unavailable` if no table is specified anywhere; `file.invalid` if the outputs file is
 * unusable and no table is named.
 */
export function findDeployment(
  asked: string | undefined,
  environment: Environment,
  root: string,
): Deployment {
  const file = join(root, OUTPUTS_FILE);
  const named = asked ?? (environment['TABLE_NAME'] || undefined);
  const found = named === undefined ? findOnly(file) : findNamed(named, file);
  // The SDK reads AWS_REGION and the profile; AWS_DEFAULT_REGION is what the AWS command line reads.
  const inEnvironment = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined;
  return { ...found, awsRegion: inEnvironment ?? found.awsRegion };
}

interface Outputs extends Deployment {
  readonly stack: DeployedStack;
}

/** The deployment of a named table: from the outputs file if it is there, else the name alone. */
function findNamed(tableName: string, file: string): Deployment {
  const unknown = { tableName, awsRegion: undefined, stack: undefined };
  try {
    return readOutputs(file).find((outputs) => outputs.tableName === tableName) ?? unknown;
  } catch (error) {
    // A named table does not need the file.
    if (error instanceof CodedError) return unknown;
    throw error;
  }
}

function findOnly(file: string): Deployment {
  const stacks = readOutputs(file);
  const [only, ...others] = stacks;
  if (only === undefined) {
    throw new CodedError(
      'file.invalid',
      `${OUTPUTS_FILE} has no output TableName: deploy again, or name the table with --table`,
    );
  }
  if (others.length > 0) {
    const names = stacks.map(({ stack, tableName }) => `${tableName} (${stack.name})`).join(', ');
    throw new CodedError(
      'file.invalid',
      `${OUTPUTS_FILE} names several tables, choose one with --table: ${names}`,
    );
  }
  return only;
}

/** Our stacks in the file, each with its outputs. */
function readOutputs(file: string): Outputs[] {
  if (!existsSync(file)) {
    throw new CodedError(
      'ledger.unavailable',
      `no table to read: deploy first (that writes ${OUTPUTS_FILE}), or name one with --table or TABLE_NAME, or use --local for the demo`,
    );
  }
  const outputs = parseJson(file);
  return (isObject(outputs) ? Object.entries(outputs) : []).flatMap(([name, values]) => {
    const text = (output: string) => {
      const value = isObject(values) ? values[output] : undefined;
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const tableName = text('TableName');
    if (tableName === undefined) return [];
    return [
      {
        tableName,
        awsRegion: text('AwsRegion'),
        stack: {
          name,
          secretArn: text('ApiKeysSecretArn'),
          functionName: text('CollectorFunctionName'),
          logGroupName: text('CollectorLogGroupName'),
          scheduleName: text('ScheduleName'),
          undeliveredQueueUrl: text('UndeliveredQueueUrl'),
          failedRunsQueueUrl: text('FailedRunsQueueUrl'),
          alarmTopicArn: text('AlarmTopicArn'),
          sealer: sealerOf(text),
          replicas: text('ReplicaRegions')?.split(',') ?? [],
        },
      },
    ];
  });
}

function sealerOf(text: (output: string) => string | undefined): DeployedSealer | undefined {
  const functionName = text('SealerFunctionName');
  if (functionName === undefined) return undefined;
  return {
    functionName,
    logGroupName: text('SealerLogGroupName'),
    scheduleName: text('SealerScheduleName'),
    undeliveredQueueUrl: text('SealerUndeliveredQueueUrl'),
    failedRunsQueueUrl: text('SealerFailedRunsQueueUrl'),
  };
}

function parseJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw unreadable(error);
  }
}

function unreadable(cause: unknown): CodedError {
  const message = `${OUTPUTS_FILE} cannot be read as JSON: deploy again, or name the table with --table`;
  return new CodedError('file.invalid', message, { cause });
}
