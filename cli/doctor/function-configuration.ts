import {
  GetFunctionConfigurationCommand,
  type LambdaClient,
  ResourceNotFoundException,
} from '@aws-sdk/client-lambda';
import type { Instant } from '../../lambda/core/instant.ts';

/** A function, as it is deployed. */
export interface FunctionConfiguration {
  readonly variables: Readonly<Record<string, string>>;
  /** When it was last deployed or changed; undefined if Lambda does not say. */
  readonly changedAt: Instant | undefined;
}

/** The configuration of a function; undefined if there is none of that name. */
export async function readConfiguration(
  client: LambdaClient,
  functionName: string,
): Promise<FunctionConfiguration | undefined> {
  const sent = client.send(new GetFunctionConfigurationCommand({ FunctionName: functionName }));
  const found = await undefinedIfNotFound(sent);
  if (found === undefined) return undefined;
  // In Lambda's own form: 2026-11-22T06:10:00.000+0000
  const changedAt = Date.parse(found.LastModified ?? '');
  return {
    variables: found.Environment?.Variables ?? {},
    changedAt: Number.isNaN(changedAt) ? undefined : changedAt,
  };
}

/** What was asked of a function; undefined if there is no such function. */
export async function undefinedIfNotFound<T>(sent: Promise<T>): Promise<T | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ResourceNotFoundException) return undefined;
    throw error;
  }
}
