import { afterEach, describe, expect, it, vi } from 'vitest';
import { proxiedFetch, proxyAgents, proxySentence } from '../../../cli/ledger/network.ts';
import { withTable } from '../../support/catalog-table.ts';
import { balances } from '../../support/command-process.ts';
import { type ConnectProxy, startConnectProxy } from '../../support/connect-proxy.ts';
import { typedAt } from '../../support/local-ledger.ts';

const FAR = { AWS_ENDPOINT_URL_DYNAMODB: 'http://dynamodb.example:8000', AWS_MAX_ATTEMPTS: '1' };
const WORDS = ['accounts', '--table', 'ledger', '--format', 'csv'];

describe('a command behind a proxy', () => {
  const proxies: ConnectProxy[] = [];
  afterEach(async () => {
    for (const proxy of proxies.splice(0)) await proxy.close();
    vi.unstubAllEnvs();
  });
  /** As {@link balances}, in this process: the SDK reads its variables itself. */
  function typed(environment: Readonly<Record<string, string>>) {
    const variables = { ...environment, AWS_REGION: 'a', AWS_ACCESS_KEY_ID: 'a', AWS_SECRET_ACCESS_KEY: 'a' };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    return typedAt('/none', WORDS.join(' '), 0, environment);
  }
  async function proxyTo(to: Parameters<typeof startConnectProxy>[0]) {
    const proxy = await startConnectProxy(to);
    proxies.push(proxy);
    return proxy;
  }
  const portOf = (endpoint: string) => Number(new URL(endpoint).port);

  it.each(['ALL_PROXY'])('reaches its table through %s', async (variable) => {
    await withTable(async (endpoint) => {
      const proxy = await proxyTo({ port: portOf(endpoint) });
      const url = `http://user:fake%20password@127.0.0.1:${proxy.port}`;
      const { exitCode, stdout, stderr } = await balances(WORDS, { ...FAR, [variable]: url });
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toContain('sg/main,2016-01-01T00:00:00Z');
      const authorization = `Basic ${Buffer.from('user:fake password').toString('base64')}`;
      expect(proxy.asked[0]).toEqual({ target: 'dynamodb.example:8000', authorization });
    });
  });

  it('does not ask it for this machine, or for what NO_PROXY lists', async () => {
    await withTable(async (endpoint) => {
      const proxy = await proxyTo({ status: 403 });
      const HTTP_PROXY = `http://127.0.0.1:${proxy.port}`;
      const near = await typed({ AWS_ENDPOINT_URL_DYNAMODB: endpoint, HTTP_PROXY });
      expect(near.exitCode).toBe(0);
      const listed = await typed({ ...FAR, HTTP_PROXY, NO_PROXY: '.example' });
      expect(listed.exitCode).toBe(1);
      expect(proxy.asked).toEqual([]);
    });
  });

  it.each([
    [
      407,
      /refused a connection to dynamodb\.example:8000: 407; put a user and a password into HTTP_PROXY\n$/,
    ],
    [403, /refused a connection to dynamodb\.example:8000: 403\n$/],
  ])('says so if the proxy answers %d, without its password', async (status, message) => {
    const proxy = await proxyTo({ status });
    const HTTP_PROXY = `http://user:fake-password@127.0.0.1:${proxy.port}`;
    const { exitCode, stdout, stderr } = await typed({ ...FAR, HTTP_PROXY });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: [^\n]+\n$/);
    expect(stderr).toMatch(message);
    expect(stderr).toContain(`the proxy 127.0.0.1:${proxy.port} of HTTP_PROXY`);
    expect(stderr).not.toContain('fake-password');
  });

  it('says so if the proxy is not there, or is not an HTTP proxy', async () => {
    const gone = await typed({ ...FAR, HTTP_PROXY: 'http://127.0.0.1:1' });
    expect(gone.stderr).toMatch(/the proxy 127\.0\.0\.1:1 of HTTP_PROXY could not be used: ECONNREFUSED\n$/);
    const other = await typed({ ...FAR, HTTPS_PROXY: 'socks5://127.0.0.1:1' });
    expect([gone.exitCode, other.exitCode]).toEqual([1, 1]);
    expect(other.stderr).toMatch(/^error: the environment variable HTTPS_PROXY is not an HTTP proxy /);
  });
});

describe('without a proxy', () => {
  it('nothing of a client or a collector is replaced, and nothing is said', async () => {
    const environment = { NO_PROXY: '*', HTTPS_PROXY: '' };
    expect(await proxyAgents(environment)).toEqual({});
    expect(await proxiedFetch(environment)).toBeUndefined();
    expect(proxySentence(environment)).toBeUndefined();
  });
});

describe('a collector behind a proxy', () => {
  it('says which, and that Upbit sees its address', () => {
    expect(proxySentence({ HTTPS_PROXY: 'http://user:fake-password@proxy.example:3128' })).toBe(
      'Requests go through the proxy proxy.example:3128 of HTTPS_PROXY, whose address Upbit sees.',
    );
  });
});
