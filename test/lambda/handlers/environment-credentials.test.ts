import { afterEach, describe, expect, it, vi } from 'vitest';
import { defaultProvider } from '../../../lambda/handlers/environment-credentials.ts';

const GOOD = {
  AWS_ACCESS_KEY_ID: 'fake-access',
  AWS_SECRET_ACCESS_KEY: 'fake-secret',
  AWS_SESSION_TOKEN: 'fake-session',
};

function given(variables: Readonly<Record<string, string | undefined>>): Promise<unknown> {
  for (const [name, value] of Object.entries({ ...GOOD, ...variables })) vi.stubEnv(name, value);
  return defaultProvider()();
}

afterEach(() => {
  vi.unstubAllEnvs();
});

describe('the credentials of the environment', () => {
  it('are those of the role, with its session', async () => {
    expect(await given({})).toStrictEqual({
      accessKeyId: 'fake-access',
      secretAccessKey: 'fake-secret',
      sessionToken: 'fake-session',
    });
  });

  it.each([undefined, ''])('have no session if its variable is %j', async (session) => {
    expect(await given({ AWS_SESSION_TOKEN: session })).toStrictEqual({
      accessKeyId: 'fake-access',
      secretAccessKey: 'fake-secret',
    });
  });

  it.each(['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'])(
    'are rejected without %s, naming it',
    async (name) => {
      for (const value of [undefined, '']) {
        await expect(given({ [name]: value })).rejects.toThrow(
          expect.objectContaining({
            code: 'environment.invalid',
            message: `the environment variable ${name} is not set`,
          }),
        );
      }
    },
  );
});
