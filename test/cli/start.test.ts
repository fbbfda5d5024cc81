import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ROOT } from '../support/checkout.ts';
import { secret } from '../support/memory-parts.ts';

const CANARY = 'fake-canary-key';

/** Runs the command as npm would. Use only arguments that end it before it opens the project's own ledgers. */
function start(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', join('cli', 'start.ts'), ...args],
    { cwd: ROOT, encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

describe('npm start', () => {
  let folder: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'start-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  it.each([
    ['an option that does not exist', ['--key'], "Unknown option '--key'"],
    ['an unexpected argument', ['keys.json'], "Unexpected argument 'keys.json'"],
    ['an option without its value', ['--keys'], "Option '--keys <value>' argument missing"],
  ])('refuses %s and prints its usage', (_, args, problem) => {
    const { status, stdout, stderr } = start(...args);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toContain(`error: ${problem}`);
    expect(stderr).toContain('npm start -- --keys FILE         take one snapshot of your real accounts');
    expect(stderr).not.toContain('    at ');
  });

  it.each(['--help', '-h'])('%s prints its usage', (option) => {
    expect(start(option)).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('npm start -- --keys FILE'),
      stderr: '',
    });
  });

  describe('with an unusable key file', () => {
    const open = () => join(folder, 'open.json');

    beforeAll(() => {
      mkdirSync(join(folder, 'folder'));
      for (const [name, text, mode] of [
        ['open.json', secret('sg/main').replaceAll('fake-secret', CANARY), 0o644],
        ['words.json', `${CANARY} and more`, 0o600],
        ['none.json', '{}', 0o600],
      ] as const) {
        writeFileSync(join(folder, name), text);
        chmodSync(join(folder, name), mode);
      }
    });

    it.each([
      ['is not there', 'missing.json', () => 'cannot be read: ENOENT'],
      ['is a folder', 'folder', () => 'is not a file'],
      ['others can read', 'open.json', () => `make it private first: chmod 600 ${open()}`],
      ['is not JSON', 'words.json', () => 'the secret is not JSON'],
      ['holds no keys', 'none.json', () => 'holds no key: write {"sg":'],
    ])('that %s prints one line, and none of its content', (_, name, problem) => {
      const { status, stdout, stderr } = start('--keys', join(folder, name));
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr).toMatch(/^error: [^\n]+\n$/);
      expect(stderr).toContain(problem());
      expect(stderr).not.toContain(CANARY);
    });
  });
});
