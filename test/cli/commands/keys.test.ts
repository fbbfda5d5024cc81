import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { keysTyped, pair, piped } from '../../support/keys-typed.ts';

const { accessKey, secretKey } = pair('typed');
const VISIBLE =
  'never pass a key as an argument: other users of this machine can see it, and the shell saves it. Pipe it to standard input, or type it when asked. If this was a real key, delete it at Upbit and make a new one';

const keys = (words: string) =>
  keysTyped(words.split(' ').filter(Boolean), {
    root: tmpdir(),
    stdin: piped('{}'),
    secrets: [accessKey, secretKey],
  });

describe('balances keys', () => {
  it.each([
    `set sg/main ${accessKey} ${secretKey}`,
    `set sg/main ${secretKey} --yes`,
    `set sg/main --secret-key ${secretKey}`,
    `set sg/main --secret-key=${secretKey}`,
    `set sg/main --no-check -k${secretKey}`,
    `remove sg/main ${accessKey}`,
  ])('refuses a key as an argument, without showing it: %s', async (words) => {
    const [name] = words.split(' ');
    expect(await keys(words)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: ${name} takes one name; ${VISIBLE}\n`,
    });
  });

  it.each([
    `set ${accessKey}`,
    `set ${accessKey} ${secretKey}`,
    `remove ${secretKey}`,
    'set SG/main',
    'set main',
  ])('refuses what is no account name, without showing it: %s', async (words) => {
    expect(await keys(words)).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: `error: the first word is not an account name: write <region>/<name>, e.g. sg/main (region sg, id, th or kr); ${VISIBLE}\n`,
    });
  });

  it.each([`set sg/main --secret ${secretKey}`, `list --secret=${secretKey}`])(
    'refuses a key in place of the secret’s ARN, without showing it: %s',
    async (words) => {
      expect(await keys(words)).toMatchObject({
        exitCode: 2,
        stderr: expect.stringContaining('--secret takes the ARN'),
      });
    },
  );

  it.each(['', `add ${accessKey} ${secretKey}`, `${secretKey}`, `sg/main --key=${secretKey}`])(
    'says what it can do, without showing what was typed: %s',
    async (words) => {
      expect(await keys(words)).toEqual({
        exitCode: 2,
        stdout: '',
        stderr: 'error: write keys list, keys set NAME or keys remove NAME\n',
      });
    },
  );

  it.each(['', 'list', 'set', 'remove'])('ends its help with an example: %s', async (command) => {
    const { exitCode, stdout } = await keys(`${command} --help`);
    expect([exitCode, stdout]).toEqual([
      0,
      expect.stringMatching(/\nExample: balances keys (list|set|remove)/),
    ]);
  });

  it('needs a name to set or remove', async () => {
    for (const command of ['set', 'remove'])
      expect(await keys(command)).toMatchObject({
        exitCode: 2,
        stderr: "error: missing required argument 'name'\n",
      });
  });
});
