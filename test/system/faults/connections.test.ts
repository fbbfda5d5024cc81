import { readFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:https';
import { createRequire } from 'node:module';
import { createServer as createTcpServer } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { once, slotRuns } from './slot-runs.ts';

const runs = slotRuns();
const snapshot = { balances: [{ currency: 'ADA' }] };
const running: (() => Promise<void>)[] = [];
afterEach(async () => {
  runs.parts().elsewhere = () => undefined;
  await Promise.all(running.splice(0).map((end) => end()));
});

/** Sends the first calls to Upbit Singapore, or all of them, there instead. */
async function runElsewhere(url: string, calls = Number.POSITIVE_INFINITY) {
  let looked = 0;
  runs.parts().elsewhere = (region) => {
    if (region !== 'sg') return undefined;
    looked += 1;
    return looked <= calls ? url : undefined;
  };
  const run = await runs.run(() => undefined);
  return { ...run, looked };
}

async function closedPort(): Promise<string> {
  const server = createHttpServer();
  const url = await listen(server);
  await stop(server);
  return url;
}

/** The attempts: 1 s after the slot, then about 2, 15, 60 and 150 s after that. */
const PASSES = 5;

describe('no connection', () => {
  it('faults row 15: refused for ever is retried in passes, and recorded as unreachable', async () => {
    const { item, looked } = await runElsewhere(await closedPort());
    expect(item).toMatchObject({
      failure: 'upbit.unreachable',
      attempts: PASSES,
      detail: 'the connection to Upbit failed: ECONNREFUSED',
    });
    expect(looked).toBe(PASSES);
  });

  it('faults row 15: refused at first costs no snapshot', async () => {
    const { item, looked } = await runElsewhere(await closedPort(), 3);
    expect(item).toMatchObject(snapshot);
    expect(looked).toBe(4);
  });

  it('faults row 16: a name without an address is retried in passes, and recorded as unreachable', async () => {
    // No name below .invalid ever has an address: RFC 6761, section 6.4.
    const { item } = await runElsewhere('http://upbit.invalid');
    expect(item).toMatchObject({ failure: 'upbit.unreachable', attempts: PASSES });
  });

  it('faults row 16: a name without an address at first costs no snapshot', async () => {
    expect((await runElsewhere('http://upbit.invalid', 2)).item).toMatchObject(snapshot);
  });

  it('faults row 17: a certificate that cannot be verified gets one attempt, and nothing is sent', async () => {
    // dynalite includes a self-signed key and certificate, for its own tests.
    const folder = join(dirname(createRequire(import.meta.url).resolve('dynalite/package.json')), 'ssl');
    let requests = 0;
    const options = {
      key: readFileSync(join(folder, 'server-key.pem')),
      cert: readFileSync(join(folder, 'server-crt.pem')),
    };
    const server = createServer(options, (_, response) => {
      requests += 1;
      response.end('[]');
    });
    running.push(() => stop(server as never));
    const url = (await listen(server as never)).replace('http:', 'https:');
    const { item, looked } = await runElsewhere(url);
    expect(item).toMatchObject({ failure: 'upbit.tls', attempts: 1 });
    expect([looked, requests]).toEqual([1, 0]);
  });

  /** A TLS alert that ends the connection: RFC 8446, section 6. */
  const alert = (description: number) => Buffer.from([0x15, 3, 3, 0, 2, 2, description]);

  it.each([
    ['an internal error', alert(80)],
    ['a bad record MAC', alert(20)],
    ['a handshake failure', alert(40)],
    ['no TLS at all', Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n')],
  ])('faults row 17: TLS that fails with %s is a broken connection, and heals', async (_, bytes) => {
    const server = createTcpServer((socket) => {
      socket.on('error', () => undefined).once('data', () => socket.end(bytes));
    });
    running.push(() => new Promise((resolve) => server.close(() => resolve())));
    const url = (await listen(server as never)).replace('http:', 'https:');
    const once = await runElsewhere(url, 1);
    expect(once.item).toMatchObject(snapshot);
    expect(once.looked).toBe(2);
    const always = await runElsewhere(url);
    expect(always.item).toMatchObject({
      failure: 'upbit.unreachable',
      attempts: PASSES,
      detail: expect.stringMatching(/^the connection to Upbit failed: (EPROTO|ERR_SSL_\w+)$/),
    });
  });
});

describe('a connection that breaks', () => {
  it.each(['reset', 'truncate'] as const)(
    'faults row 20: %s for ever is retried in passes, and recorded as unreachable',
    async (fault) => {
      const { item, asked } = await runs.run(FAULTS[fault]);
      expect(item).toMatchObject({ failure: 'upbit.unreachable', attempts: PASSES });
      expect(asked).toHaveLength(PASSES);
    },
  );

  it.each(['reset', 'truncate'] as const)('faults row 20: %s once costs no snapshot', async (fault) => {
    const { item, asked } = await runs.run(once(fault));
    expect(item).toMatchObject(snapshot);
    expect(asked).toHaveLength(2);
  });
});

describe('a server error of Upbit', () => {
  const bodies = {
    JSON: JSON.stringify({ error: { name: 'out_of_scope', message: 'not what it is' } }),
    HTML: '<html><body>maintenance</body></html>',
    nothing: '',
  };
  const faults = [500, 502, 503, 504].flatMap((status) =>
    Object.entries(bodies).map(([kind, body]) => ({
      status,
      kind,
      fault: { kind: 'answer', status, body } satisfies Fault,
    })),
  );

  it.each(faults)('faults row 21: $status with $kind for ever is unavailable', async ({ status, fault }) => {
    const { item, asked } = await runs.run(fault);
    expect(item).toMatchObject({
      failure: 'upbit.unavailable',
      attempts: PASSES,
      detail: `Upbit answered ${status}`,
    });
    // One second after the slot, then the passes with 20 % jitter, all within the tolerance.
    for (const [index, begin] of [0, 2, 15, 60, 150].entries()) {
      const after = (asked[index] ?? 0) / SECOND - 1;
      expect(after).toBeGreaterThanOrEqual(begin * 0.8);
      expect(after).toBeLessThanOrEqual(begin * 1.2);
    }
    expect(Math.max(...asked)).toBeLessThan(5 * MINUTE);
  });

  it.each(faults)('faults row 21: $status with $kind for 20 s costs no snapshot', async ({ fault }) => {
    let begun = 0;
    const { item } = await runs.run((nth, at) => {
      if (nth === 1) begun = at;
      return at < begun + 20 * SECOND ? fault : undefined;
    });
    expect(item).toMatchObject(snapshot);
  });
});
