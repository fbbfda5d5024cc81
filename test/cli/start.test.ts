import { execFile, spawnSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startSimulatedUpbit } from '../../infra/local/simulated-upbit.ts';
import { DAY, formatSecond, HOUR } from '../../lambda/core/instant.ts';
import { lastSealable } from '../../lambda/core/seal.ts';
import { ROOT } from '../support/checkout.ts';
import { type CheckoutApart, checkoutApart } from '../support/checkout-apart.ts';
import { putItem, typedAt, writeLocalLedger } from '../support/local-ledger.ts';
import { simulated } from '../support/local-parts.ts';
import { line, snapshot, time } from '../support/memory-ledger.ts';
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

describe.skipIf(process.platform === 'win32')('npm start in a checkout of its own', () => {
  const shell = (line: string) => promisify(execFile)('bash', ['-c', line]);
  const HOURLY = {
    from: time('2026-11-22T00:00:00Z'),
    every: '1h',
    timeZone: 'UTC',
    regions: ['sg'],
  } as const;
  let apart: CheckoutApart;
  let local: string;

  beforeAll(async () => {
    apart = checkoutApart();
    local = join(apart.root, '.local');
    mkdirSync(local, { mode: 0o755 });
    const entries = [0, 1].map((hour) => snapshot('sg/main', HOURLY.from + hour * HOUR, [line('BTC', '1')]));
    await writeLocalLedger(apart.root, 'demo', HOURLY, entries);
  });
  afterAll(() => apart.remove());

  async function refused(message: RegExp) {
    const { exitCode, stdout, stderr } = await apart.run('start');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr.split('\n')).toHaveLength(2);
  }

  it('says so if its output does not fit on the disk', async () => {
    const { stderr, stdout } = await shell(`${apart.line('start', '--help')} > /dev/full; echo $?`);
    expect(stdout).toBe('1\n');
    expect(stderr).toBe('error: standard output cannot be written: the disk is full (ENOSPC)\n');
  });

  it('prints tables on a terminal that does not know its width, and notes after all of them', async () => {
    const command = apart.line('balances', 'history --local --currency BTC');
    const { stdout } = await shell(`script -qec "stty cols 0; ${command}" /dev/null`);
    const lines = stdout.split('\r\n').filter((text) => text !== '' && !text.includes('the demo ends'));
    expect(lines[1]).toMatch(/^slot +currency +available/);
    expect(lines.map((text) => /^sg\/main: /.test(text))).toEqual([false, false, false, false, true]);
  });

  it('prints one sentence if the ledger’s files are damaged, keeps them, and closes them to others', async () => {
    const data = join(local, 'demo', 'db');
    const manifest = readdirSync(data).find((name) => name.startsWith('MANIFEST')) ?? '';
    renameSync(join(data, manifest), join(data, 'kept'));
    const message =
      /^error: the local ledger in \S+\.local\/demo cannot be used: its files are damaged .+; move the folder away/;
    await refused(message);
    expect((await typedAt(apart.root, 'latest --local', HOURLY.from)).stderr).toMatch(message);
    expect([local, join(local, 'demo')].map((path) => statSync(path).mode & 0o077)).toEqual([0, 0]);
    renameSync(join(data, 'kept'), join(data, manifest));
    expect((await typedAt(apart.root, 'latest --local', HOURLY.from)).stdout).toContain('BTC');
  });

  it('with keys seals the days that are over; if it cannot, it shows the snapshot first and then says so', async () => {
    const upbit = await startSimulatedUpbit({ now: Date.now, accounts: [simulated('sg/main')] });
    const keys = join(apart.root, 'keys.json');
    writeFileSync(keys, secret('sg/main'), { mode: 0o600 });
    const began = Date.now() - 4 * DAY;
    await writeLocalLedger(apart.root, 'real', { ...HOURLY, from: began - (began % DAY) }, []);
    const startReal = () => apart.run('start', ['--keys', keys], { env: { UPBIT_API_URL: upbit.url } });
    try {
      const sealed = await startReal();
      expect(sealed.exitCode).toBe(0);
      expect(sealed.stdout).not.toContain('seal');
      const report = readFileSync(join(local, 'real', 'report.html'), 'utf8');
      expect(report).toMatch(/balances verify --real --expect [0-9a-f]{64}</);
      const verified = await typedAt(apart.root, 'verify --real', Date.now());
      expect(verified.stderr).toMatch(
        /^as sealed: [34] days, \d+ items?\nthe last root is [0-9a-f]{64}, of /,
      );
      expect(verified).toMatchObject({ exitCode: 0, stdout: '' });

      const newest = formatSecond(lastSealable('UTC', Date.now()));
      const unreadable = { account: { S: '#seal' }, slot: { S: newest }, v: { N: '9' } };
      await putItem(join(local, 'real'), unreadable);
      const { exitCode, stdout, stderr } = await startReal();
      expect(exitCode).toBe(1);
      expect(stdout).toMatch(/^sg\/main .*\n[\s\S]*\nReport: /);
      expect(stderr).toMatch(
        /\nerror: some past days could not be sealed: the table ledger has a seal of \S+ that cannot be read: [^\n]+\n$/,
      );
    } finally {
      await upbit.close();
    }
  });

  it('prints one sentence if .local is a file', async () => {
    renameSync(local, `${local}-kept`);
    writeFileSync(local, '');
    await refused(
      /^error: the local ledger in \S+\.local cannot be used: there is a file of that name; move it away\n$/,
    );
  });
});
