import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { readText } from '../../support/checkout.ts';

/** The shell commands of the first code block after a heading, without the indentation of a list. */
export function shellAfter(document: string, heading: string): string {
  const text = `\n${readText(document)}`;
  const [, indent = '', block = ''] =
    /^( *)```sh\n(.*?)^ *```$/ms.exec(text.slice(text.indexOf(`\n${heading}\n`))) ?? [];
  if (block === '') throw new Error(`${document} has no commands after ${heading}`);
  return block.replaceAll(new RegExp(`^${indent}`, 'gm'), '');
}

/** What typing commands into a shell did. */
export interface Typed {
  /** The command lines of the AWS CLI, in order, without `aws`. */
  readonly calls: readonly string[];
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

/**
 * Types commands into bash, with a script in place of the AWS CLI.
 *
 * @param aws the body of the script; its arguments are those of the call, and `$FOLDER` may keep files.
 */
export function type(folder: string, commands: string, aws: string): Typed {
  const bin = join(folder, 'bin');
  const log = join(folder, 'calls');
  mkdirSync(bin, { recursive: true });
  writeFileSync(log, '');
  writeFileSync(join(bin, 'aws'), `#!/bin/bash\nprintf '%s\\n' "$*" >> "$FOLDER/calls"\n${aws}\n`);
  chmodSync(join(bin, 'aws'), 0o755);
  const PATH = [bin, process.env['PATH'] ?? ''].join(delimiter);
  const { status, stdout, stderr } = spawnSync('bash', ['-c', commands], {
    cwd: folder,
    env: { PATH, FOLDER: folder },
    encoding: 'utf8',
    timeout: 20_000,
  });
  const calls = readFileSync(log, 'utf8').split('\n').slice(0, -1);
  return { calls, stdout, stderr, exitCode: status };
}
