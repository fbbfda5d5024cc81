import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Call } from '../../../infra/local/simulated-upbit.ts';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { formatSecond, HOUR, SECOND } from '../../../lambda/core/instant.ts';
import type { DynamoDbFault } from '../../support/faulty-dynamodb.ts';
import { ADA, type LocalParts, named, startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';
import { type DeployedFunction, invoke, synthesize } from '../bundle/deployed.ts';
import { startStandIns } from '../bundle/stand-ins.ts';
import { everythingIn, leaksIn } from './leaks.ts';

/** One pair like Upbit's keys, all letters and digits; and one with characters that URLs, JSON or HTML escape. */
const KEYS = {
  sg: {
    accessKey: 'fakecanaryaccess000000000000000000000001',
    secretKey: 'fakecanarysecret000000000000000000000002',
  },
  id: {
    accessKey: 'fake+canary/access%key&<odd>=~0000000003',
    secretKey: 'fake+canary/secret%key&<odd>=~0000000004',
  },
} as const;
const CANARIES = Object.values(KEYS).flatMap(({ accessKey, secretKey }) => [accessKey, secretKey]);
const ACCOUNTS = ['id/main', 'sg/main'].map(named);
const KEYS_TEXT = JSON.stringify({ sg: { main: KEYS.sg }, id: { main: KEYS.id } });

const simulated = (region: 'sg' | 'id') => ({ region, ...KEYS[region], balances: () => [ADA] });

/** Encodings in which a machine in between may repeat a secret. */
function spelled(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const hex = bytes.toString('hex');
  return [
    secret,
    secret.toUpperCase(),
    bytes.toString('base64'),
    bytes.toString('base64url'),
    hex,
    encodeURIComponent(secret),
    hex.replace(/../g, '%$&'),
    hex.replace(/../g, '\\u00$&'),
    hex.replace(/../g, '&#x$&;'),
    [...secret].join(' '),
    [...secret].join('<b></b>'),
  ];
}

/** An answer that echoes what it was sent. */
type Echo = (key: { readonly accessKey: string; readonly secretKey: string }, token: string) => Fault;
const json = (status: number, body: unknown, headers: Record<string, string> = {}): Fault => ({
  kind: 'answer',
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const ECHOES: Readonly<Record<string, Echo>> = {
  'a name that is the access key': ({ accessKey }) => json(401, { error: { name: accessKey } }),
  'a name that is the secret key': ({ secretKey }) => json(400, { error: { name: secretKey } }),
  'a name that holds the key': ({ accessKey }) => json(400, { error: { name: `unknown_${accessKey}` } }),
  'a name that is the token': (_, token) => json(400, { error: { name: token } }),
  'a message that is the key': ({ accessKey, secretKey }) =>
    json(401, { error: { name: 'jwt_verification', message: `${accessKey}:${secretKey}` } }),
  'a block in words of the key': ({ accessKey }) =>
    json(418, { error: { name: accessKey, message: `${accessKey} is blocked for 2 minutes` } }),
  'HTML with the token': (_, token) => ({ kind: 'answer', status: 502, body: `<p>${token}</p>` }),
  'a list with the key as a currency': ({ accessKey }) => json(200, [{ ...ADA, currency: accessKey }]),
  'a list with the key as a unit': ({ secretKey }) => json(200, [{ ...ADA, unit_currency: secretKey }]),
  'a list with the key as a field': ({ accessKey }) => json(200, [{ ...ADA, [`x-${accessKey}`]: 1 }]),
  'a list with the token as a field': (_, token) => json(200, [{ ...ADA, [`Bearer ${token}`]: 1 }]),
  'a list with the claims as a field': (_, token) => json(200, [{ ...ADA, [token.split('.')[1] ?? '']: 1 }]),
  'a list with the token in a field': (_, token) => json(200, [{ ...ADA, request: { headers: token } }]),
  'a list with the key as an amount': ({ secretKey }) => json(200, [{ ...ADA, balance: secretKey }]),
  'a list that repeats the key as a currency': ({ accessKey }) =>
    json(200, [ADA, { ...ADA, currency: accessKey }, { ...ADA, currency: accessKey }]),
  'no JSON but the key': ({ secretKey }) => ({ kind: 'answer', status: 200, body: secretKey }),
  'a page of the keys, spelled in many ways': ({ accessKey, secretKey }, token) => ({
    kind: 'answer',
    status: 403,
    headers: { 'content-type': 'text/html' },
    body: [accessKey, secretKey, token].map((secret) => `<p>${spelled(secret).join('</p> <p>')}</p>`).join(),
  }),
  'a page of one key': ({ accessKey }) => ({ kind: 'answer', status: 404, body: `Key ${accessKey} unknown` }),
  'a list with the key that is cut off': ({ secretKey }) => ({
    kind: 'answer',
    status: 200,
    body: `[{"currency":"${secretKey}","balance":"1`,
  }),
  'a server named like the key': ({ accessKey }) => ({
    kind: 'answer',
    status: 403,
    headers: { server: encodeURIComponent(accessKey) },
  }),
  'a redirect with the token': (_, token) => ({
    kind: 'answer',
    status: 302,
    headers: { location: `http://127.0.0.1:9/?jwt=${token}` },
  }),
  'headers with the key': ({ accessKey }) =>
    json(429, {}, { 'retry-after': encodeURIComponent(accessKey), date: encodeURIComponent(accessKey) }),
};

const UPBIT: Readonly<Record<string, (call: Call) => Fault | undefined>> = {
  'no fault': () => undefined,
  ...Object.fromEntries(Object.entries(FAULTS).map(([name, fault]) => [name, () => fault])),
  ...Object.fromEntries(
    Object.entries(ECHOES).map(([name, echo]) => [
      name,
      ({ region, token }: Call) =>
        region === 'sg' || region === 'id' ? echo(KEYS[region], token) : undefined,
    ]),
  ),
};

const DYNAMODB: readonly DynamoDbFault[] = [
  'throttled',
  'internalError',
  'applied, but answered 500',
  'denied',
  'noTable',
  'reset',
  'silent',
];

/** Secrets with a key in the wrong place. */
const SECRETS: Readonly<Record<string, string>> = {
  'no JSON': `{"sg":{"main":{"accessKey":"${KEYS.sg.accessKey}","secretKey":"${KEYS.sg.secretKey}"`,
  'a text': JSON.stringify(KEYS.sg.accessKey),
  'a list': JSON.stringify([KEYS.sg]),
  'keys for regions': JSON.stringify({ [KEYS.sg.accessKey]: KEYS.sg.secretKey, id: { main: KEYS.id } }),
  'keys for names': JSON.stringify({ sg: { [KEYS.sg.accessKey]: KEYS.sg }, id: KEYS.id }),
  'a key for an account': JSON.stringify({ sg: { main: KEYS.sg.secretKey, other: [KEYS.id.accessKey] } }),
  'a key in quotes': JSON.stringify({
    sg: { main: { accessKey: `"${KEYS.sg.accessKey}"`, secretKey: ` ${KEYS.sg.secretKey}` } },
  }),
  'a key for a date': JSON.stringify({ sg: { main: { ...KEYS.sg, expiresOn: KEYS.sg.secretKey } } }),
  'a region twice': `{"sg":${JSON.stringify({ main: KEYS.sg })},"sg":${JSON.stringify({ main: KEYS.id })}}`,
  'a field called as a key, twice': JSON.stringify({ sg: { main: KEYS.sg } }).replace(
    '"accessKey"',
    `"${KEYS.sg.secretKey}":1,"${KEYS.sg.secretKey}":2,"accessKey"`,
  ),
  'a key twice': JSON.stringify({ sg: { main: KEYS.sg, copy: KEYS.sg } }),
  'keys swapped': JSON.stringify({
    sg: { main: { accessKey: KEYS.sg.secretKey, secretKey: KEYS.sg.accessKey } },
  }),
};

/** As Lambda hands a failed run to the dead-letter queue: docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html */
function deadLetter(event: unknown, thrown: unknown): string {
  const { name, message, stack } =
    thrown instanceof Error ? thrown : { name: typeof thrown, message: String(thrown), stack: '' };
  return JSON.stringify({
    requestPayload: event,
    responsePayload: { errorType: name, errorMessage: message, trace: stack?.split('\n') },
  });
}

describe('the keys', () => {
  let parts: LocalParts;
  let hour = 0;
  let thrown = 0;
  const printed: string[] = [];

  beforeAll(async () => {
    parts = await startLocalParts(ACCOUNTS, { keysText: KEYS_TEXT, maxAttempts: 1, requestTimeout: 300 });
    for (const region of ['sg', 'id'] as const)
      parts.upbit.accounts.set(KEYS[region].accessKey, simulated(region));
    for (const stream of [process.stdout, process.stderr])
      vi.spyOn(stream, 'write').mockImplementation((chunk) => {
        printed.push(String(chunk));
        return true;
      });
  });
  afterAll(async () => {
    vi.restoreAllMocks();
    await parts.close();
  });

  /** Runs a slot and a check in a new process, and returns everything visible from outside. */
  async function visible(): Promise<string> {
    const slot = SLOT + hour * HOUR;
    hour += 1;
    const [lines, calls] = [parts.written.length, parts.dynamoDb.calls.length];
    const seen: string[] = [];
    for (const event of [{ slot: formatSecond(slot) }, { check: true }]) {
      parts.clock.set(slot + SECOND);
      // A fifth of a second per call, so that unanswered calls end soon.
      const collector = parts.cold();
      const report = collector(event, slot + 6.2 * SECOND).catch((error: unknown) => {
        thrown += 1;
        seen.push(everythingIn(error), deadLetter(event, error));
      });
      seen.push(JSON.stringify((await report) ?? ''));
    }
    // DynamoDB can hold only what it was sent.
    const sent = parts.dynamoDb.calls.slice(calls).map(({ body }) => body);
    return [...seen, ...sent, ...parts.written.slice(lines), ...printed.splice(0)].join('\n');
  }

  it.each(Object.entries(UPBIT).filter(([name]) => name !== 'silence' && name !== 'drip'))(
    'are not leaked when Upbit’s answer or fault is: %s',
    async (_, fault) => {
      parts.upbit.fault = fault;
      const seen = await visible();
      expect(seen).toContain('sg/main');
      expect(leaksIn(seen, CANARIES)).toEqual([]);
    },
  );

  it.each(DYNAMODB)('are not leaked when DynamoDB is: %s', async (fault) => {
    parts.upbit.fault = () => undefined;
    for (const operation of ['PutItem', 'Query']) {
      parts.dynamoDb.fault = (call) => (call.operation === operation ? fault : undefined);
      expect(leaksIn(await visible(), CANARIES), operation).toEqual([]);
    }
    parts.dynamoDb.fault = () => undefined;
  });

  it.each(['throttled', 'unavailable', 'denied', 'hang'] as const)(
    'are not leaked when Secrets Manager is: %s',
    async (fault) => {
      parts.secrets.fail(fault);
      const before = thrown;
      expect(leaksIn(await visible(), CANARIES)).toEqual([]);
      expect(thrown).toBe(before + 2);
      parts.secrets.fail(undefined);
    },
  );

  it.each(Object.entries(SECRETS))('are not leaked when the secret is: %s', async (_, text) => {
    parts.putSecret(text);
    expect(leaksIn(await visible(), CANARIES)).toEqual([]);
  });

  it('are found by the same search if planted', async () => {
    parts.putSecret(KEYS_TEXT);
    parts.upbit.fault = () => json(200, [{ ...ADA, currency: KEYS.sg.accessKey.slice(0, 39) }]);
    const seen = await visible();
    expect(leaksIn(seen, [KEYS.sg.accessKey.slice(0, 39)])).toHaveLength(1);
    expect(seen).toContain(KEYS.sg.accessKey.slice(0, 39));
  });
});

describe('the synthesized bundle, in a process of its own', () => {
  let deployed: DeployedFunction;
  beforeAll(() => {
    deployed = synthesize();
  });
  afterAll(() => deployed.remove());

  /** Lambda's log levels, and the variables that make the SDK and Node print more. */
  const LEVELS = [
    ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].map((level) => ({
      AWS_LAMBDA_LOG_LEVEL: level,
      AWS_LAMBDA_LOG_FORMAT: 'JSON',
      LOG_LEVEL: level,
    })),
    { DEBUG: '*', AWS_SDK_LOG_LEVEL: 'trace', NODE_OPTIONS: '--trace-warnings --trace-uncaught' },
  ];
  /** Faults that are final at the first answer, so that the test does not wait in real time. */
  const QUICK = ['no fault', 'jwtVerification', 'unknownName', 'okError'];
  /** Echoes that are retried, or that block. */
  const SLOW = /block|HTML|headers|no JSON|page|cut off|server|redirect/;

  it.each(LEVELS)('prints no key with $AWS_LAMBDA_LOG_LEVEL $DEBUG', async (level) => {
    const standIns = await startStandIns(ACCOUNTS);
    try {
      for (const region of ['sg', 'id'] as const)
        standIns.upbit.accounts.set(KEYS[region].accessKey, simulated(region));
      standIns.secrets.put('api-keys', KEYS_TEXT);
      const environment = { ...standIns.environment(deployed), ...level };
      const echoes = Object.keys(ECHOES).filter((name) => !SLOW.test(name));
      // A block stops all further calls, so it comes last.
      const troubles = [...QUICK, ...echoes, 'a block in words of the key'];
      let calls = 0;
      // Two accounts are collected at each event; the third region has no key.
      standIns.upbit.fault = (call) => UPBIT[troubles[Math.floor(calls++ / 2)] ?? 'no fault']?.(call);
      const now = Date.now();
      const events = troubles.map((_, index) => [{ manual: formatSecond(now + (index - 20) * SECOND) }]);
      const { outcomes, stdout, stderr } = await invoke(deployed, environment, [
        ...events,
        [{ check: true }],
        [{}],
      ]);
      expect(outcomes).toHaveLength(troubles.length + 2);
      expect(calls).toBe(2 * troubles.length);
      const entries = await Promise.all(ACCOUNTS.map(standIns.entries));
      const stored = JSON.stringify(entries, (_, value) => (typeof value === 'bigint' ? `${value}` : value));
      expect(leaksIn([stdout, stderr, stored].join('\n'), CANARIES)).toEqual([]);

      standIns.secrets.put('api-keys', SECRETS['no JSON']);
      const broken = await invoke(deployed, environment, [[{ manual: true }]]);
      expect(broken.outcomes).toMatchObject([{ error: { code: 'secret.unreadable' } }]);
      expect(leaksIn(broken.stdout + broken.stderr, CANARIES)).toEqual([]);
    } finally {
      await standIns.close();
    }
  });

  it('has no key in the template, the bundle or any other synthesized file', () => {
    const assembly = dirname(dirname(deployed.file));
    const files = readdirSync(assembly, { recursive: true, withFileTypes: true }).filter((entry) =>
      entry.isFile(),
    );
    expect(files.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['index.mjs', 'upbit-balance-snapshots.template.json', 'manifest.json']),
    );
    for (const { parentPath, name } of files) {
      const text = readFileSync(join(parentPath, name), 'utf8');
      expect(leaksIn(text, CANARIES), name).toEqual([]);
      expect(text, name).not.toMatch(/fake-?canary/i);
    }
  });
});
