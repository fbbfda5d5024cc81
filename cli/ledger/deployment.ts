import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';
import { isObject } from '../../lambda/core/parsed.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

/** What of a stack the commands use, as its deploy wrote it down. */
export interface Deployment {
  readonly tableName: string;
  /** Undefined where neither the environment nor a deploy says it: the AWS profile may. */
  readonly awsRegion: string | undefined;
  /** These are undefined where the table was named and no deploy is known to have made it. */
  readonly secretArn: string | undefined;
  readonly functionName: string | undefined;
  readonly logGroupName: string | undefined;
}

const OUTPUTS_FILE = 'cdk.outputs.json';

/**
 * Finds what is meant: the table that is asked for, else that of `TABLE_NAME`, else the one in the deploy's outputs
 * file under `root`; with what stands beside it in that file. The AWS region of the environment comes before that of
 * the file.
 *
 * @throws CodedError `ledger.unavailable` where nothing says which table is meant; `file.invalid` where the outputs file
 * is of no use, and no table is named.
 */
export function findDeployment(
  asked: string | undefined,
  environment: Environment,
  root: string,
): Deployment {
  const file = join(root, OUTPUTS_FILE);
  const named = asked ?? (environment['TABLE_NAME'] || undefined);
  const found = named === undefined ? onlyOne(file) : find(named, file);
  // The SDK reads AWS_REGION and the profile; AWS_DEFAULT_REGION is what the AWS command line reads.
  const inEnvironment = environment['AWS_REGION'] || environment['AWS_DEFAULT_REGION'] || undefined;
  return { ...found, awsRegion: inEnvironment ?? found.awsRegion };
}

interface Outputs extends Deployment {
  readonly stack: string;
}

/** What is known of a table by its name alone, or by a deploy of it from here. */
function find(tableName: string, file: string): Deployment {
  const unknown = {
    awsRegion: undefined,
    secretArn: undefined,
    functionName: undefined,
    logGroupName: undefined,
  };
  try {
    const deployed = readOutputs(file).find((stack) => stack.tableName === tableName);
    return deployed ?? { tableName, ...unknown };
  } catch (error) {
    // Who names the table does not depend on the file.
    if (error instanceof CodedError) return { tableName, ...unknown };
    throw error;
  }
}

function onlyOne(file: string): Deployment {
  const stacks = readOutputs(file);
  const [only, ...others] = stacks;
  if (only === undefined) {
    throw new CodedError(
      'file.invalid',
      `${OUTPUTS_FILE} has no output TableName: deploy again, or name the table with --table`,
    );
  }
  if (others.length > 0) {
    const names = stacks.map(({ stack, tableName }) => `${tableName} (${stack})`).join(', ');
    throw new CodedError(
      'file.invalid',
      `${OUTPUTS_FILE} names several tables, choose one with --table: ${names}`,
    );
  }
  return only;
}

/** The stacks of ours in the file, each with its outputs. */
function readOutputs(file: string): Outputs[] {
  if (!existsSync(file)) {
    throw new CodedError(
      'ledger.unavailable',
      `no table to read: deploy first (that writes ${OUTPUTS_FILE}), or name one with --table or TABLE_NAME, or use --local for the demo`,
    );
  }
  const outputs = parseJson(file);
  return (isObject(outputs) ? Object.entries(outputs) : []).flatMap(([stack, values]) => {
    const text = (name: string) => {
      const value = isObject(values) ? values[name] : undefined;
      return typeof value === 'string' && value !== '' ? value : undefined;
    };
    const tableName = text('TableName');
    if (tableName === undefined) return [];
    return [
      {
        stack,
        tableName,
        awsRegion: text('AwsRegion'),
        secretArn: text('ApiKeysSecretArn'),
        functionName: text('CollectorFunctionName'),
        logGroupName: text('CollectorLogGroupName'),
      },
    ];
  });
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
