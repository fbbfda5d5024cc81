import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../../support/checkout.ts';
import { type Boundary, type GatedProxy, startGatedProxy } from '../../support/gated-proxy.ts';
import { type KeysPlace, startKeysPlace } from '../../support/keys-place.ts';
import { ARN, keysTyped, pair, piped } from '../../support/keys-typed.ts';
import { leaksIn } from '../faults/leaks.ts';

const NEW = pair('sg-new');
const BEFORE = JSON.stringify({ sg: { main: pair('sg-main') }, id: { main: pair('id-main') } });
const ASKED = JSON.stringify({ sg: { main: NEW }, id: { main: pair('id-main') } });
const SECRETS = ['sg-main', 'sg-new', 'id-main'].flatMap((name) => Object.values(pair(name)));

/** The calls of `keys set`, in order, and what each does. */
const CALLS = [
  ['GetSecretValue', 'it reads the secret'],
  ['/sg/v1/accounts', 'it signs in at Upbit'],
  ['PutSecretValue', 'it puts the new version beside the current one'],
  ['UpdateSecretVersionStage', 'it makes the new version current'],
  ['UpdateSecretVersionStage', 'it takes its label off'],
] as const;
const BOUNDARIES = CALLS.flatMap(([call]) =>
  (['before', 'after'] as const).map((when): Boundary => ({ call, when })),
);
/** From here on the new value is current: the label AWSCURRENT has been moved. */
const MOVED = 7;

/** How a command ended. */
interface Ended {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly printed: string;
}

describe('balances keys set, in a process of its own', () => {
  let place: KeysPlace;
  let proxies: readonly GatedProxy[];
  beforeEach(async () => {
    place = await startKeysPlace(BEFORE);
    proxies = await Promise.all([
      startGatedProxy(place.secrets.endpoint),
      startGatedProxy(place.upbit.url.replace('/{region}', '')),
    ]);
  });
  afterEach(async () => {
    await Promise.all(proxies.map((proxy) => proxy.close()));
    await place.close();
  });

  /** Runs the command; `at` is called at every boundary with its number and the process. */
  async function set(
    at: (index: number, boundary: Boundary, child: ChildProcess) => Promise<void>,
  ): Promise<Ended> {
    const [aws, upbit] = proxies;
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'cli/balances.ts', 'keys', 'set', 'sg/main', '--secret', ARN],
      {
        cwd: ROOT,
        env: {
          PATH: process.env['PATH'],
          AWS_ACCESS_KEY_ID: 'fake-access-key-id',
          AWS_SECRET_ACCESS_KEY: 'fake-secret-access-key',
          AWS_ENDPOINT_URL_SECRETS_MANAGER: aws?.endpoint,
          UPBIT_API_URL: `${upbit?.endpoint}/{region}`,
        },
      },
    );
    const closed = once(child, 'close');
    let index = 0;
    for (const proxy of proxies)
      proxy.gate = async (boundary) => {
        await at(index++, boundary, child);
        return child.signalCode === null ? 'go on' : 'break';
      };
    let printed = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (piece) => {
        printed += piece;
      });
    child.stdin.end(JSON.stringify(NEW));
    const [exitCode, signal] = await closed;
    return { exitCode, signal, printed };
  }

  async function kill(child: ChildProcess): Promise<void> {
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  }

  it('makes these calls, and shows no key', async () => {
    const made: Boundary[] = [];
    const { exitCode, printed } = await set(async (_, boundary) => {
      made.push(boundary);
    });
    expect([exitCode, made, place.current()]).toEqual([0, BOUNDARIES, ASKED]);
    expect(leaksIn(printed, SECRETS)).toEqual([]);
  });

  it.each(
    CALLS.flatMap(([, what], index) =>
      [`before ${what}`, `after ${what}`].map((moment, after) => [moment, 2 * index + after] as const),
    ),
  )('killed %s leaves the secret as it was or as asked, and can be repeated', async (_, killed) => {
    const { signal, printed } = await set(async (index, boundary, child) => {
      if (index !== killed) return;
      expect(boundary).toEqual(BOUNDARIES[killed]);
      await kill(child);
    });
    expect(signal).toBe('SIGKILL');
    expect(place.current()).toBe(killed < MOVED ? BEFORE : ASKED);
    expect(leaksIn(printed, SECRETS)).toEqual([]);

    const again = await keysTyped(['set', 'sg/main'], {
      ...place,
      stdin: piped(JSON.stringify(NEW)),
      secrets: SECRETS,
    });
    expect([again.exitCode, place.current()]).toEqual([0, ASKED]);
  });
});
