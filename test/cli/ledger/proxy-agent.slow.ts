import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CheckoutApart, checkoutApart } from '../../support/checkout-apart.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy.ts';
import { secret } from '../../support/memory-parts.ts';
import { makeCertificates } from '../../system/platform/certificates.ts';

const UPBIT = 'sg-api.upbit.com';
const TABLE = 'dynamodb.ap-southeast-1.amazonaws.com';

/** Needs openssl: it makes the certificates of the stand-ins for Upbit and AWS. */
describe('over TLS, through a proxy', () => {
  let folder: string;
  let apart: CheckoutApart;
  let server: Server;
  let proxy: ConnectProxy;
  let authorityFile: string;
  let keys: string;
  const asked: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'proxy-'));
    apart = checkoutApart();
    const made = makeCertificates(folder, [UPBIT, TABLE]);
    ({ authorityFile } = made);
    server = createServer(made, (request, response) => {
      asked.push(`${request.headers.host}${request.url}`);
      const answer = request.headers.host === TABLE ? '{"Items":[],"Count":0}' : '[]';
      response.setHeader('content-type', 'application/json').end(answer);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    proxy = await startConnectProxy({
      port: typeof address === 'object' && address !== null ? address.port : 0,
    });
    keys = join(folder, 'keys.json');
    writeFileSync(keys, secret('sg/main'));
    chmodSync(keys, 0o600);
  });
  afterAll(async () => {
    await proxy.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    apart.remove();
    rmSync(folder, { recursive: true });
  });

  it('npm start -- --keys asks Upbit, and says so', async () => {
    const env = { HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`, NODE_EXTRA_CA_CERTS: authorityFile };
    const { exitCode, stdout, stderr } = await apart.run('start', ['--keys', keys], { env });
    expect(stderr).toMatch(/^Requests go through the proxy 127\.0\.0\.1:\d+ of HTTPS_PROXY, /);
    expect(stdout).toContain('sg/main');
    expect(exitCode).toBe(0);
    expect(asked).toContain(`${UPBIT}/v1/accounts`);
    expect(proxy.asked.map(({ target }) => target)).toContain(`${UPBIT}:443`);
  });

  it('a command reads its table', async () => {
    const env = {
      HTTPS_PROXY: `http://127.0.0.1:${proxy.port}`,
      NODE_EXTRA_CA_CERTS: authorityFile,
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'fake-access-key-id',
      AWS_SECRET_ACCESS_KEY: 'fake-secret-access-key',
    };
    const { exitCode, stderr } = await apart.run('balances', ['latest', '--table', 'ledger'], { env });
    expect({ exitCode, stderr }).toEqual({
      exitCode: 0,
      stderr: 'the table ledger has no accounts to show yet\n',
    });
    expect(asked).toContain(`${TABLE}/`);
    expect(proxy.asked.map(({ target }) => target)).toContain(`${TABLE}:443`);
  });
});
