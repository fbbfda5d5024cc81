import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { isObject } from '../../lambda/core/parsed.ts';
import { listen, stop } from './http-server.ts';

/** How Secrets Manager can fail. */
export type SecretsFault = 'throttled' | 'unavailable' | 'denied' | 'hang';

const FAULTS: Readonly<
  Record<Exclude<SecretsFault, 'hang'>, readonly [status: number, type: string, message: string]>
> = {
  throttled: [400, 'ThrottlingException', 'Rate exceeded'],
  unavailable: [500, 'InternalServiceError', 'An error occurred on the server side.'],
  denied: [400, 'AccessDeniedException', 'User is not authorized to perform: secretsmanager:GetSecretValue'],
};

/** What Secrets Manager says of a secret that `DeleteSecret` has marked: it can be restored for 7 to 30 days. */
const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

/** A running secrets endpoint. */
export interface SecretsEndpoint {
  readonly endpoint: string;
  /** Sets the value of a secret; undefined creates a secret without a value. */
  put(secretId: string, value: string | undefined): void;
  /** Deletes a secret, or marks it for deletion, as AWS does at first; until the next `put`. */
  delete(secretId: string, how: 'at once' | 'after some days'): void;
  /** Makes every call fail this way until the next call of `fail`. */
  fail(fault: SecretsFault | undefined): void;
  /** How many values were requested. */
  calls(): number;
  close(): Promise<void>;
}

/**
 * Simulates the part of Secrets Manager that the collector uses, GetSecretValue, on a free port of this machine.
 * docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetSecretValue.html
 */
export async function startSecretsEndpoint(
  initial: Readonly<Record<string, string | undefined>> = {},
): Promise<SecretsEndpoint> {
  const values = new Map(Object.entries(initial));
  const marked = new Set<string>();
  let fault: SecretsFault | undefined;
  let calls = 0;
  const server = createServer(async (request, response) => {
    // A client that disconnects in the middle of its request must not crash the process.
    const body = parseJson(await text(request).catch(() => ''));
    const answer = (status: number, json: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json));
    };
    if (request.headers['x-amz-target'] !== 'secretsmanager.GetSecretValue' || !isObject(body)) {
      answer(400, { __type: 'InvalidRequestException', Message: 'Only GetSecretValue is supported.' });
      return;
    }
    calls += 1;
    if (fault === 'hang') return;
    if (fault !== undefined) {
      const [status, type, message] = FAULTS[fault];
      answer(status, { __type: type, Message: message });
      return;
    }
    const secretId = String(body['SecretId']);
    if (marked.has(secretId)) {
      answer(400, { __type: 'InvalidRequestException', Message: MARKED });
      return;
    }
    const value = values.get(secretId);
    if (value === undefined) {
      const what = values.has(secretId) ? 'secret value for staging label: AWSCURRENT' : 'secret.';
      answer(400, {
        __type: 'ResourceNotFoundException',
        Message: `Secrets Manager can't find the specified ${what}`,
      });
      return;
    }
    answer(200, {
      ARN: secretId,
      Name: secretId,
      SecretString: value,
      VersionStages: ['AWSCURRENT'],
      CreatedDate: 1_700_000_000,
    });
  });
  return {
    endpoint: await listen(server),
    put: (secretId, value) => {
      values.set(secretId, value);
      marked.delete(secretId);
    },
    delete: (secretId, how) => {
      if (how === 'at once') values.delete(secretId);
      else marked.add(secretId);
    },
    fail: (next) => {
      fault = next;
    },
    calls: () => calls,
    close: () => stop(server),
  };
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
