import { describe, expect, it } from 'vitest';
import { isDirect, proxyOf } from '../../../cli/ledger/proxy.ts';

describe('the proxy of the environment', () => {
  it.each([
    ['https', { HTTPS_PROXY: 'http://a.example:3128' }, 'a.example:3128', 'HTTPS_PROXY'],
    [
      'https',
      { https_proxy: 'http://a.example', HTTPS_PROXY: 'http://b.example' },
      'a.example',
      'https_proxy',
    ],
    ['https', { https_proxy: '', HTTPS_PROXY: 'http://b.example' }, 'b.example', 'HTTPS_PROXY'],
    ['http', { HTTP_PROXY: 'https://a.example:8443' }, 'a.example:8443', 'HTTP_PROXY'],
    ['https', { ALL_PROXY: 'a.example:3128' }, 'a.example:3128', 'ALL_PROXY'],
    ['https', { HTTPS_PROXY: 'http://user:fake-password@a.example:3128' }, 'a.example:3128', 'HTTPS_PROXY'],
    ['https', { HTTPS_PROXY: 'http://[::1]:3128' }, '[::1]:3128', 'HTTPS_PROXY'],
  ] as const)('for %s with %o is %s', (scheme, environment, label, variable) => {
    expect(proxyOf(scheme, environment)).toMatchObject({ label, variable });
  });

  it.each([
    ['https', {}],
    ['https', { HTTP_PROXY: 'http://a.example' }],
    ['http', { HTTPS_PROXY: 'http://a.example', HTTP_PROXY: '' }],
  ] as const)('for %s with %o is none', (scheme, environment) => {
    expect(proxyOf(scheme, environment)).toBeUndefined();
  });

  it.each(['socks5://user:fake-password@a.example:1080', 'http://', 'http://fake-password@:99999'])(
    'is refused if it is not an HTTP proxy, without its password: %s',
    (value) => {
      const message =
        'the environment variable HTTPS_PROXY is not an HTTP proxy such as http://proxy.example:3128; other kinds are not supported';
      expect(() => proxyOf('https', { HTTPS_PROXY: value })).toThrow(
        expect.objectContaining({ code: 'environment.invalid', message }),
      );
    },
  );
});

describe('a host reached directly', () => {
  it.each(['localhost', 'a.localhost', 'LOCALHOST', '127.0.0.1', '127.8.9.10', '::1', '[::1]'])(
    'is this machine, always: %s',
    (host) => expect(isDirect(host, 443, {})).toBe(true),
  );

  it.each([
    ['a.example', 'a.example', true],
    ['A.example.', 'a.EXAMPLE', true],
    ['b.a.example', 'a.example', true],
    ['ba.example', 'a.example', false],
    ['b.a.example', '.a.example', true],
    ['b.a.example', '*.a.example', true],
    ['a.example', 'b.example, a.example', true],
    ['a.example', 'b.example a.example', true],
    ['a.example', '*', true],
    ['a.example', 'a.example:443', true],
    ['a.example', 'a.example:8443', false],
    ['a.example', ',', false],
    ['a.example', '.', false],
    ['a.example', '', false],
    ['10.0.0.1', '10.0.0.1', true],
    ['fe80::1', '[fe80::1]:443', true],
    ['127.0.0.1.example', '', false],
    ['localhost.example', '', false],
  ])('%s with NO_PROXY %j: %s', (host, listed, expected) => {
    expect(isDirect(host, 443, { NO_PROXY: listed })).toBe(expected);
    expect(isDirect(host, 443, { no_proxy: listed })).toBe(expected);
  });
});
