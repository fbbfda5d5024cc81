import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT } from '../../support/checkout.ts';

/** Settings that make one machine look like two different ones. */
const MACHINES = {
  here: { directory: 'a', umask: '022', LANG: 'C', TZ: 'UTC' },
  elsewhere: {
    directory: 'a directory/with a longer name',
    umask: '077',
    LANG: 'ko_KR.UTF-8',
    TZ: 'Asia/Seoul',
  },
} as const;

const home = mkdtempSync(join(tmpdir(), 'same-bytes-'));
// Two times about ten thousand files: rm is several times faster than Node.
afterAll(() => execFileSync('rm', ['-rf', home]), 300_000);

/** Copies the files in git, installs without running package scripts, synthesizes, and hashes the result. */
function build({
  directory,
  umask,
  LANG,
  TZ,
}: (typeof MACHINES)[keyof typeof MACHINES]): Record<string, string> {
  const checkout = join(home, directory, 'checkout');
  const TMPDIR = join(home, directory, 'tmp');
  mkdirSync(TMPDIR, { recursive: true });
  const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' }).split('\0');
  for (const file of files.filter((name) => name !== '')) {
    mkdirSync(dirname(join(checkout, file)), { recursive: true });
    cpSync(join(ROOT, file), join(checkout, file));
  }
  const { PATH, HOME } = process.env;
  const run = (command: string) =>
    execFileSync('sh', ['-c', `umask ${umask} && ${command}`], {
      cwd: checkout,
      env: { PATH, HOME, TMPDIR, LANG, LC_ALL: LANG, TZ },
      stdio: 'pipe',
    });
  run('npm ci --ignore-scripts --no-audit --no-fund --prefer-offline');
  run('npm run synth');
  const assembly = join(checkout, 'cdk.out');
  const built = readdirSync(assembly, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /^asset\.[0-9a-f]{64}(\/.*)?$|\.template\.json$/.test(name),
  );
  return Object.fromEntries(built.sort().map((name) => [name, hash(join(assembly, name))]));
}

/** A folder counts by its name alone, which is the hash that the CDK gave it. */
function hash(path: string): string {
  return path.endsWith('json') || path.endsWith('.mjs')
    ? createHash('sha256').update(readFileSync(path)).digest('hex')
    : '';
}

describe('two clean builds', () => {
  it('in different folders, time zones, languages and umasks give the same template and bundle, byte for byte', {
    timeout: 600_000,
  }, () => {
    const [here, elsewhere] = [build(MACHINES.here), build(MACHINES.elsewhere)];
    console.log('built twice:', here);
    expect(Object.keys(here)).toEqual([
      // The collector and the sealer.
      expect.stringMatching(/^asset\.[0-9a-f]{64}$/),
      expect.stringMatching(/^asset\.[0-9a-f]{64}\/index\.mjs$/),
      expect.stringMatching(/^asset\.[0-9a-f]{64}$/),
      expect.stringMatching(/^asset\.[0-9a-f]{64}\/index\.mjs$/),
      'upbit-balance-snapshots.template.json',
    ]);
    expect(elsewhere).toEqual(here);
  });
});
