import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { typedAt } from '../../support/local-ledger.ts';

const REMEDY =
  'choose a profile with AWS_PROFILE and log in (aws sso login), or set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY; AWS_REGION or the profile names the AWS region';

describe('credentials that do not work', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'credentials-'));
    writeFileSync(
      join(folder, 'config'),
      `[profile process]
credential_process=/bin/false
[profile sso]
sso_session=s
sso_account_id=123456789012
sso_role_name=r
[sso-session s]
sso_region=ap-southeast-1
sso_start_url=https://a.example/start
`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  afterEach(() => vi.unstubAllEnvs());

  /** Runs `latest` with nothing of this machine's AWS configuration, and these variables. */
  function latest(environment: Readonly<Record<string, string>>) {
    const none = [
      'AWS_PROFILE',
      'AWS_SESSION_TOKEN',
      'AWS_ENDPOINT_URL_DYNAMODB',
      'AWS_WEB_IDENTITY_TOKEN_FILE',
    ];
    for (const name of none) vi.stubEnv(name, undefined);
    const variables = {
      HOME: folder,
      AWS_REGION: 'ap-southeast-1',
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'none'),
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_MAX_ATTEMPTS: '1',
      ...environment,
    };
    for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
    return typedAt(folder, 'latest --table ledger', 0);
  }

  it.each([
    ['there are none', {}],
    ['the profile does not exist', { AWS_PROFILE: 'none' }],
    ['nobody is logged in', { AWS_PROFILE: 'sso' }],
    ['a program that gives them fails', { AWS_PROFILE: 'process' }],
    [
      'the file of a token is missing',
      { AWS_WEB_IDENTITY_TOKEN_FILE: '/none', AWS_ROLE_ARN: 'arn:aws:iam::1:role/r' },
    ],
    ['a container’s address does not answer', { AWS_CONTAINER_CREDENTIALS_FULL_URI: 'http://127.0.0.1:1/' }],
  ])('are one line that says what to do: %s', async (_, environment) => {
    const none = { AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
    const { exitCode, stdout, stderr } = await latest({ ...none, ...environment });
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: there are no usable AWS credentials: [^\n]+; choose [^\n]+\n$/);
    expect(stderr).toContain(REMEDY);
  });

  it.each([
    ['UnrecognizedClientException', REMEDY],
    ['ExpiredTokenException', REMEDY],
    ['InvalidSignatureException', REMEDY],
    ['AccessDeniedException', 'choose a profile with AWS_PROFILE that may read and query the table'],
  ])('are refused by AWS in one line that says what to do: %s', async (name, remedy) => {
    const server = createServer((_, response) => {
      response
        .writeHead(400, { 'content-type': 'application/x-amz-json-1.0' })
        .end(JSON.stringify({ __type: `com.amazon.coral.service#${name}`, message: 'It is refused.' }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const { exitCode, stderr } = await latest({
      AWS_ACCESS_KEY_ID: 'fake-access-key-id',
      AWS_SECRET_ACCESS_KEY: 'fake-secret-access-key',
      AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    });
    await new Promise((resolve) => server.close(resolve));
    expect(exitCode).toBe(1);
    expect(stderr).toBe(`error: the table ledger could not be used: ${name}: It is refused; ${remedy}\n`);
  });
});
