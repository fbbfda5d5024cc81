import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { replaceSecret } from '../../../cli/keys/replace-secret.ts';
import { withKey } from '../../../cli/keys/secret-text.ts';
import { LOCAL_CREDENTIALS } from '../../../infra/local/embedded-dynamodb.ts';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { type SecretsEndpoint, startSecretsEndpoint } from '../../../infra/local/secrets-endpoint.ts';
import { AWS_ATTEMPT } from '../../../lambda/adapters/aws-client.ts';
import { readSecret } from '../../../lambda/adapters/secrets.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { type GatedProxy, type Passage, startGatedProxy } from '../../support/gated-proxy.ts';
import { NOW, pair } from '../../support/keys-typed.ts';
import { named } from '../../support/local-parts.ts';
import { everythingIn, leaksIn } from '../../system/faults/leaks.ts';

const SECRET = 'keys';
const OLD = JSON.stringify({ th: { main: pair('old') } });

let secrets: SecretsEndpoint;
const proxies: GatedProxy[] = [];
const clients = new Map<string, SecretsManagerClient>();

beforeEach(async () => {
  secrets = await startSecretsEndpoint({ [SECRET]: OLD });
});
afterEach(async () => {
  for (const made of clients.values()) made.destroy();
  clients.clear();
  await Promise.all([...proxies.splice(0), secrets].map((part) => part.close()));
});

function client(endpoint: string): SecretsManagerClient {
  const made =
    clients.get(endpoint) ??
    new SecretsManagerClient({ endpoint, ...LOCAL_CREDENTIALS, requestHandler: AWS_ATTEMPT });
  clients.set(endpoint, made);
  return made;
}

async function proxy(gate: GatedProxy['gate'] = () => 'go on'): Promise<GatedProxy> {
  const made = await startGatedProxy(secrets.endpoint);
  made.gate = gate;
  proxies.push(made);
  return made;
}

/** Puts a key into the secret, as the command does: `done`, or the error. */
async function put(through: GatedProxy | SecretsEndpoint, account: string): Promise<'done' | CodedError> {
  const manager = client(through.endpoint);
  try {
    const before = await readSecret(manager, SECRET);
    const { text } = withKey(before?.text, named(account), pair(account.replace('/', '-')), NOW);
    await replaceSecret(manager, SECRET, before, text, randomUUID());
    return 'done';
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return error;
  }
}

const current = () => secrets.versions(SECRET)?.labelled('AWSCURRENT')?.text;
const accounts = (text = current() ?? '{}') =>
  Object.entries<object>(JSON.parse(text)).flatMap(([region, names]) =>
    Object.keys(names).map((name) => `${region}/${name}`),
  );
const codeOf = (outcome: 'done' | CodedError) => (outcome === 'done' ? outcome : outcome.code);

describe('replacing the value of a secret', () => {
  it('makes the new value current and the old one the previous, and leaves no label of its own', async () => {
    expect(await put(secrets, 'sg/main')).toBe('done');
    expect(accounts()).toEqual(['th/main', 'sg/main']);
    const versions = secrets.versions(SECRET);
    expect(versions?.labelled('AWSPREVIOUS')?.text).toBe(OLD);
    expect([...(versions?.texts().keys() ?? [])].map((id) => versions?.labelsOf(id))).toEqual([
      ['AWSPREVIOUS'],
      ['AWSCURRENT'],
    ]);
  });

  it('works for a secret without a value', async () => {
    secrets.put(SECRET, undefined);
    expect(await put(secrets, 'sg/main')).toBe('done');
    expect(accounts()).toEqual(['sg/main']);
  });
});

/** Every order in which two editors can make these many calls each: `aabb`, `abab`, … */
function orders(a: number, b: number): string[] {
  if (a === 0 || b === 0) return ['a'.repeat(a) + 'b'.repeat(b)];
  return [...orders(a - 1, b).map((rest) => `a${rest}`), ...orders(a, b - 1).map((rest) => `b${rest}`)];
}

/** Lets two editors make one call at a time, in an order; one that has ended is skipped. */
class Turns {
  #left: string;
  readonly #waiting: { readonly who: string; readonly go: () => void }[] = [];
  #isBusy = false;

  constructor(order: string) {
    this.#left = order;
  }

  gate(who: string): GatedProxy['gate'] {
    return async ({ when }): Promise<Passage> => {
      if (when === 'before') await new Promise<void>((go) => this.#waiting.push({ who, go }) && this.#next());
      else {
        this.#isBusy = false;
        this.#next();
      }
      return 'go on';
    };
  }

  end(who: string): void {
    this.#left = this.#left.replaceAll(who, '');
    this.#next();
  }

  #next(): void {
    if (this.#isBusy) return;
    const turn = this.#left[0] ?? this.#waiting[0]?.who;
    const index = this.#waiting.findIndex(({ who }) => who === turn);
    const [next] = index === -1 ? [] : this.#waiting.splice(index, 1);
    if (next === undefined) return;
    this.#left = this.#left.slice(1);
    this.#isBusy = true;
    next.go();
  }
}

describe('two editors at the same time', () => {
  it.each([
    ['with a value', OLD, ['th/main']],
    ['without a value', undefined, []],
  ])(
    'never lose each other’s change, in any order of their calls, for a secret %s',
    async (_, text, before) => {
      const [a, b] = [await proxy(), await proxy()];
      const seen = new Set<string>();
      // Four calls each: read, put, move, and take the label or, after a refusal, read again.
      for (const order of orders(4, 4)) {
        secrets.put(SECRET, undefined);
        if (text !== undefined) secrets.put(SECRET, text);
        const turns = new Turns(order);
        a.gate = turns.gate('a');
        b.gate = turns.gate('b');
        const outcomes = await Promise.all([
          put(a, 'sg/a').finally(() => turns.end('a')),
          put(b, 'sg/b').finally(() => turns.end('b')),
        ]);
        const made = ['sg/a', 'sg/b'].filter((_account, index) => outcomes[index] === 'done');
        expect([...accounts()].sort(), order).toEqual([...made, ...before].sort());
        expect(made.length, order).toBeGreaterThan(0);
        const codes = outcomes.map(codeOf).sort().join();
        expect(['done,done', 'done,secret.changed'], order).toContain(codes);
        seen.add(codes);
      }
      expect([...seen].sort()).toEqual(['done,done', 'done,secret.changed']);
    },
  );

  it.each(['PutSecretValue', 'UpdateSecretVersionStage'])(
    'of which one writes the secret as a whole before %s: that one’s value stays',
    async (call) => {
      let isFirst = true;
      const through = await proxy((boundary) => {
        if (isFirst && boundary.call === call && boundary.when === 'before') {
          isFirst = false;
          secrets.put(SECRET, '{"id":{}}');
        }
        return 'go on';
      });
      expect(await put(through, 'sg/main')).toMatchObject({
        code: 'secret.changed',
        message:
          'somebody else changed the secret at the same time: check it with balances keys list, and try again if your change is missing',
      });
      expect(current()).toBe('{"id":{}}');
    },
  );
});

describe('a connection that breaks', () => {
  const CALLS = ['GetSecretValue', 'PutSecretValue', 'UpdateSecretVersionStage'];

  it.each(CALLS.flatMap((call) => [OLD, undefined].map((text) => [call, text] as const)))(
    'once, after the service has done what %s asks (on %j), costs nothing',
    async (call, text) => {
      secrets.put(SECRET, undefined);
      if (text !== undefined) secrets.put(SECRET, text);
      let broken = 0;
      const through = await proxy((boundary) => {
        if (boundary.call !== call || boundary.when !== 'after' || broken > 0) return 'go on';
        broken += 1;
        return 'break';
      });
      expect(await put(through, 'sg/main')).toBe('done');
      expect(broken).toBe(1);
      expect(accounts()).toContain('sg/main');
    },
  );

  it.each([
    ['GetSecretValue', 'before', 'old', /did not return the API keys: TimeoutError$/],
    [
      'PutSecretValue',
      'before',
      'old',
      /did not store the new value: TimeoutError; the secret was read again and is unchanged/,
    ],
    [
      'PutSecretValue',
      'after',
      'old',
      /did not store the new value: TimeoutError; the secret was read again and is unchanged/,
    ],
    [
      'UpdateSecretVersionStage',
      'before',
      'old',
      /did not make the new value current: TimeoutError; the secret was read again and is unchanged/,
    ],
  ] as const)(
    'always, at %s, %s it is done, leaves the old value, and says so',
    async (call, when, _, words) => {
      const through = await proxy((boundary) =>
        boundary.call === call && boundary.when === when ? 'break' : 'go on',
      );
      const outcome = await put(through, 'sg/main');
      expect(outcome).toMatchObject({ code: 'secret.unavailable', message: expect.stringMatching(words) });
      expect(current()).toBe(OLD);
    },
  );

  it('always, after the value was made current, is found to have worked', async () => {
    const through = await proxy(({ call, when }) =>
      call === 'UpdateSecretVersionStage' && when === 'after' ? 'break' : 'go on',
    );
    expect(await put(through, 'sg/main')).toBe('done');
    expect(accounts()).toEqual(['th/main', 'sg/main']);
  });

  it('for good, says that the outcome is not known', async () => {
    let isGone = false;
    const through = await proxy(({ call }) => {
      isGone ||= call === 'UpdateSecretVersionStage';
      return isGone ? 'break' : 'go on';
    });
    expect(await put(through, 'sg/main')).toMatchObject({
      code: 'secret.unavailable',
      message: expect.stringMatching(/; it may or may not have taken effect: check with balances keys list$/),
    });
  });
});

describe('a refusal of the service', () => {
  it('of whatever kind leaves the old value, and says what was refused', async () => {
    for (const call of ['PutSecretValue', 'UpdateSecretVersionStage']) {
      const through = await proxy((boundary) => {
        secrets.fail(boundary.call === call ? 'denied' : undefined);
        return 'go on';
      });
      expect(await put(through, 'sg/main'), call).toMatchObject({
        code: 'secret.unavailable',
        message: expect.stringContaining(
          `AccessDeniedException: User is not authorized to perform: secretsmanager:${call}; the secret was read again and is unchanged`,
        ),
        cause: { name: 'AccessDeniedException' },
      });
      secrets.fail(undefined);
      expect(current(), call).toBe(OLD);
    }
  });

  it('that quotes the value is not shown, at any depth', async () => {
    const server = createServer((request, response) => {
      let body = '';
      request.on('data', (piece) => (body += piece));
      request.on('end', () => {
        const isPut = request.headers['x-amz-target'] === 'secretsmanager.PutSecretValue';
        const answer = isPut
          ? { __type: 'ValidationException', Message: `Value at 'secretString' is bad: ${body}` }
          : { SecretString: OLD, VersionId: randomUUID() };
        response.writeHead(isPut ? 400 : 200, { 'content-type': 'application/x-amz-json-1.1' });
        response.end(JSON.stringify(answer));
      });
    });
    try {
      const outcome = await put({ ...secrets, endpoint: await listen(server) }, 'sg/main');
      expect(outcome).toMatchObject({
        code: 'secret.changed',
        cause: { message: 'Secrets Manager did not store the new value: ValidationException' },
      });
      const keys = [pair('old'), pair('sg-main')].flatMap((key) => Object.values(key));
      expect(leaksIn(everythingIn(outcome), keys)).toEqual([]);
    } finally {
      await stop(server);
    }
  });

  it('to say which version is current ends it before anything is written', async () => {
    await expect(
      replaceSecret(
        client(secrets.endpoint),
        SECRET,
        { text: OLD, versionId: undefined },
        '{}',
        randomUUID(),
      ),
    ).rejects.toMatchObject({
      code: 'secret.unavailable',
      message: expect.stringContaining('which version'),
    });
    expect(current()).toBe(OLD);
  });
});
