import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { isObject } from '../../lambda/core/parsed.ts';
import { listen, stop } from './http-server.ts';
import { SecretsRefusal, SecretVersions } from './secret-versions.ts';

/** How Secrets Manager can fail. */
export type SecretsFault = 'throttled' | 'unavailable' | 'denied' | 'hang';

type Refused = readonly [status: number, type: string, message: string];

const FAULTS: Readonly<Record<Exclude<SecretsFault, 'hang'>, (operation: string) => Refused>> = {
  throttled: () => [400, 'ThrottlingException', 'Rate exceeded'],
  unavailable: () => [500, 'InternalServiceError', 'An error occurred on the server side.'],
  denied: (operation) => [
    400,
    'AccessDeniedException',
    `User is not authorized to perform: secretsmanager:${operation}`,
  ],
};

/** What Secrets Manager says of a secret that `DeleteSecret` has marked: it can be restored for 7 to 30 days. */
const MARKED = "You can't perform this operation on the secret because it was marked for deletion.";

const TARGET = /^secretsmanager\.(GetSecretValue|PutSecretValue|UpdateSecretVersionStage)$/;
/** The most that Secrets Manager stores as one value, in bytes. */
const MAX_BYTES = 65_536;
const VERSION_ID = /^[\w-]{32,64}$/;

/** A running secrets endpoint. */
export interface SecretsEndpoint {
  readonly endpoint: string;
  /** Sets the value of a secret, as another program would; undefined creates a secret without a value. */
  put(secretId: string, value: string | undefined): void;
  /** Deletes a secret, or marks it for deletion, as AWS does at first; until the next `put`. */
  delete(secretId: string, how: 'at once' | 'after some days'): void;
  /** Makes every call fail this way until the next call of `fail`. */
  fail(fault: SecretsFault | undefined): void;
  /** How many values were requested. */
  calls(): number;
  /** The versions of a secret; undefined if it does not exist. */
  versions(secretId: string): SecretVersions | undefined;
  close(): Promise<void>;
}

/**
 * Simulates the part of Secrets Manager that is used here, on a free port of this machine: GetSecretValue for the collector,
 * PutSecretValue and UpdateSecretVersionStage for the command that changes a key.
 * docs.aws.amazon.com/secretsmanager/latest/apireference/API_Operations.html
 */
export async function startSecretsEndpoint(
  initial: Readonly<Record<string, string | undefined>> = {},
): Promise<SecretsEndpoint> {
  const secrets = new Map<string, SecretVersions>();
  const marked = new Set<string>();
  let fault: SecretsFault | undefined;
  let calls = 0;
  const put = (secretId: string, value: string | undefined) => {
    const versions = (value === undefined ? undefined : secrets.get(secretId)) ?? new SecretVersions();
    if (value !== undefined) versions.put(randomUUID(), value);
    secrets.set(secretId, versions);
    marked.delete(secretId);
  };
  for (const [secretId, value] of Object.entries(initial)) put(secretId, value);
  const server = createServer(async (request, response) => {
    // A client that disconnects in the middle of its request must not crash the process.
    const body = parseJson(await text(request).catch(() => ''));
    const answer = (status: number, json: object) => {
      response.writeHead(status, { 'content-type': 'application/x-amz-json-1.1' }).end(JSON.stringify(json));
    };
    const [, operation = ''] = TARGET.exec(String(request.headers['x-amz-target'])) ?? [];
    if (operation === '' || !isObject(body)) {
      answer(400, { __type: 'InvalidRequestException', Message: 'This operation is not supported here.' });
      return;
    }
    if (operation === 'GetSecretValue') calls += 1;
    if (fault === 'hang') return;
    if (fault !== undefined) {
      const [status, type, message] = FAULTS[fault](operation);
      answer(status, { __type: type, Message: message });
      return;
    }
    try {
      answer(200, perform(operation, body, secrets, marked));
    } catch (error) {
      if (!(error instanceof SecretsRefusal)) throw error;
      answer(400, { __type: error.name, Message: error.message });
    }
  });
  return {
    endpoint: await listen(server),
    put,
    delete: (secretId, how) => {
      if (how === 'at once') secrets.delete(secretId);
      else marked.add(secretId);
    },
    fail: (next) => {
      fault = next;
    },
    calls: () => calls,
    versions: (secretId) => secrets.get(secretId),
    close: () => stop(server),
  };
}

function perform(
  operation: string,
  body: Readonly<Record<string, unknown>>,
  secrets: ReadonlyMap<string, SecretVersions>,
  marked: ReadonlySet<string>,
): object {
  const secretId = String(body['SecretId']);
  if (marked.has(secretId)) throw new SecretsRefusal('InvalidRequestException', MARKED);
  const versions = secrets.get(secretId);
  if (versions === undefined)
    throw new SecretsRefusal('ResourceNotFoundException', "Secrets Manager can't find the specified secret.");
  const named = { ARN: secretId, Name: secretId };
  switch (operation) {
    case 'GetSecretValue':
      return { ...named, ...currentValue(versions) };
    case 'PutSecretValue':
      return { ...named, ...putValue(versions, body) };
    default:
      versions.move(
        String(body['VersionStage']),
        textOf(body, 'RemoveFromVersionId'),
        textOf(body, 'MoveToVersionId'),
      );
      return named;
  }
}

function currentValue(versions: SecretVersions): object {
  const version = versions.labelled('AWSCURRENT');
  if (version === undefined)
    throw new SecretsRefusal(
      'ResourceNotFoundException',
      "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT",
    );
  return {
    VersionId: version.id,
    SecretString: version.text,
    VersionStages: versions.labelsOf(version.id),
    CreatedDate: 1_700_000_000,
  };
}

function putValue(versions: SecretVersions, body: Readonly<Record<string, unknown>>): object {
  const id = textOf(body, 'ClientRequestToken') ?? '';
  const value = textOf(body, 'SecretString') ?? '';
  if (!VERSION_ID.test(id) || value === '' || Buffer.byteLength(value) > MAX_BYTES)
    throw new SecretsRefusal('ValidationException', '1 validation error detected');
  const labels = body['VersionStages'];
  versions.put(id, value, Array.isArray(labels) ? labels.map(String) : undefined);
  return { VersionId: id, VersionStages: versions.labelsOf(id) };
}

function textOf(body: Readonly<Record<string, unknown>>, name: string): string | undefined {
  const value = body[name];
  return typeof value === 'string' ? value : undefined;
}

function parseJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
