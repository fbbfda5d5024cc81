import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { SEAL_PARTITION } from '../../../lambda/core/partitions.ts';
import { rootText } from '../../../lambda/core/seal.ts';
import { decodeSeal } from '../../../lambda/core/seal-item.ts';
import { Authority } from '../../support/authority.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { SEAL } from '../../support/seals.ts';
import { StoredTable } from '../../support/stored-table.ts';
import { typed } from '../../support/typed.ts';

const BEGIN = time('2026-03-01T00:00:00Z');
const ACCOUNTS = ['id/main', 'sg/main'] as const;
const CATALOG = catalogOf(
  ACCOUNTS.map((account) => ({ account, since: BEGIN })),
  [{ from: BEGIN, every: '12h', timeZone: 'UTC', regions: ['id', 'sg'] }],
);
const ENTRIES = ACCOUNTS.flatMap((account) =>
  Array.from({ length: 7 }, (_, index) => {
    const slot = BEGIN + index * 12 * HOUR;
    return account === 'id/main' || index === 3
      ? failure(account, slot)
      : snapshot(account, slot, [line('BTC', `1.${index}`)]);
  }),
);

describe('balances prove', () => {
  let folder: string;
  let out: string;
  let table: StoredTable;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'prove-'));
    out = join(folder, 'evidence');
    table = new StoredTable(BEGIN, ENTRIES.map(encodeItem));
    await table.seal(BEGIN + 3 * DAY + HOUR);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const type = (line_: string) =>
    typed(line_.split(' '), memoryLedger(CATALOG, ENTRIES), {
      now: BEGIN + 3 * DAY + 90 * MINUTE,
      stored: table.stored,
    });
  const prove = (line_: string) => type(`prove ${line_} --table ledger --out ${out}`);

  it('writes a folder that verify accepts, and that only its owner can read', async () => {
    const { exitCode, stderr, stdout } = await prove('2026-03-01T13:00:00Z --account sg/main');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toEqual([
      `wrote ${out}: what sg/main held at 2026-03-01T12:00:00Z; evidence.html explains it, and sh check.sh checks it`,
    ]);
    expect(readdirSync(folder)).toEqual(['evidence']);
    expect(statSync(out).mode & 0o777).toBe(0o700);
    expect(statSync(join(out, 'days/2026-03-03T0000Z.txt')).mode & 0o777).toBe(0o600);
    const root = table.all(SEAL_PARTITION)[2]?.['root']?.S ?? '';
    const verified = await type(`verify --evidence ${out} --expect ${root} --format json`);
    expect(verified).toMatchObject({ exitCode: 0, stdout: '[]\n', opened: [] });
    expect(verified.stderr).toEqual([
      `as sealed: sg/main at 2026-03-01T12:00:00Z, under the root of 2026-03-03, ${root}`,
    ]);
    expect((await type(`verify --evidence ${out}`)).stderr.at(-1)).toBe(
      'compare this root with one kept elsewhere: --expect ROOT does that',
    );
  });

  it('shows the newest snapshot before a failure, and says that there is one', async () => {
    const { stderr } = await prove('2026-03-02T18:00:00Z --account sg/main');
    expect(stderr[0]).toContain('held at 2026-03-02T00:00:00Z');
    expect(stderr[1]).toMatch(/^sg\/main: .*2026-03-02T12:00:00Z/);
  });

  it('has the oldest good token of its days, so that no root has to be kept', async () => {
    const authority = new Authority(BEGIN);
    const stamp = (day: number, token?: Uint8Array) => {
      const item = table.all(SEAL_PARTITION)[day] ?? {};
      const { previous, accounts } = decodeSeal(item).value ?? SEAL;
      const good = () => authority.token(rootText(previous, accounts), BEGIN + (day + 1) * DAY + HOUR);
      table.put({ ...item, timestamp: { B: token ?? good() } });
    };
    stamp(0, Buffer.from('no token'));
    stamp(1);
    stamp(2);
    expect((await prove('2026-03-01T13:00:00Z --account sg/main')).exitCode).toBe(0);
    expect(readdirSync(join(out, 'days')).filter((name) => name.endsWith('.tst'))).toEqual([
      '2026-03-02T0000Z.tst',
    ]);
    expect(readFileSync(join(out, 'evidence.txt'), 'utf8')).toContain(`simulated no
token days/2026-03-02T0000Z.tst
tokenHash ${sha256(readFileSync(join(out, 'days/2026-03-02T0000Z.tst')))}
signedAt 2026-03-03T01:00:00Z
authority CN=Test authority
`);
    expect(readFileSync(join(out, 'evidence.html'), 'utf8')).toContain('sh check.sh - authority.pem');
    const { exitCode, stderr } = await type(`verify --evidence ${out}`);
    expect({ exitCode, stderr: stderr.slice(1) }).toEqual({
      exitCode: 0,
      stderr: [
        'the root of days/2026-03-02T0000Z.txt was signed at 2026-03-03T01:00:00Z by CN=Test authority; --authority FILE checks who that is',
        'compare this root with one kept elsewhere: --expect ROOT does that',
      ],
    });
    writeFileSync(join(folder, 'other.pem'), new Authority(BEGIN, 'Another').pem);
    const other = await type(`verify --evidence ${out} --authority ${folder}/other.pem --format json`);
    expect(other.exitCode).toBe(3);
    expect(JSON.parse(other.stdout)).toEqual([{ day: '2026-03-01', account: null, problem: 'timestamp' }]);
    expect(other.stderr).toEqual([
      'days/2026-03-02T0000Z.tst is by CN=Test authority, which no given certificate vouches for',
    ]);
  });

  it('is refused by verify after a change, which names the day and the account', async () => {
    await prove('2026-03-01T13:00:00Z --account sg/main');
    const item = join(out, 'item.json');
    writeFileSync(item, readFileSync(item, 'utf8').replace('"1.1"', '"9.1"'));
    const { exitCode, stdout, stderr } = await type(`verify --evidence ${out} --format json`);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toEqual([{ day: '2026-03-01', account: 'sg/main', problem: 'changed' }]);
    expect(stderr).toEqual([
      'item.json does not have the hash that account.txt lists for 2026-03-01T12:00:00Z',
    ]);
    expect((await type(`verify --evidence ${out}`)).stdout).toContain('2026-03-01  changed  sg/main');
  });

  it.each([
    [
      'a day without a seal',
      '2026-03-04 --account sg/main',
      1,
      'the day 2026-03-04 of this snapshot has no seal',
    ],
    ['an account that had none', '2026-03-04 --account id/main', 1, 'id/main has no snapshot at or before'],
    ['more than one account', '2026-03-03', 2, 'prove shows one account: name it with --account'],
    ['a pattern', '2026-03-03 --account */main', 2, 'prove shows one account'],
    ['another account', '2026-03-03 --account sg/x', 2, '--account sg/x is not in the ledger'],
  ])('refuses %s, and writes nothing', async (_, line_, exitCode, message) => {
    const ran = await prove(line_);
    expect(ran.exitCode).toBe(exitCode);
    expect(ran.stderr.at(-1)).toContain(`error: ${message}`);
    expect(existsSync(out)).toBe(false);
  });

  it.each([
    [
      'an item of the account',
      (its: StoredTable) => its.put({ ...its.all('sg/main')[0], writer: { S: 'x' } }),
    ],
    [
      'a seal of a later day',
      (its: StoredTable) => its.put({ ...its.all(SEAL_PARTITION)[1], previous: { S: 'ab'.repeat(32) } }),
    ],
    [
      'a seal that cannot be read',
      (its: StoredTable) => its.put({ ...its.all(SEAL_PARTITION)[2], v: { N: '2' } }),
    ],
  ])('never writes evidence that does not check: %s was changed', async (_, change) => {
    change(table);
    const ran = await prove('2026-03-01T13:00:00Z --account sg/main');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr.at(-1)).toMatch(
      /^error: the ledger does not match its seals, so nothing can be proved: /,
    );
    expect(existsSync(out)).toBe(false);
  });

  it('does not write into a folder that has files, or over a file', async () => {
    mkdirSync(out);
    writeFileSync(join(out, 'mine'), '');
    const ran = await prove('2026-03-01 --account sg/main');
    expect(ran.exitCode).toBe(1);
    expect(ran.stderr).toEqual([
      `error: ${out} cannot be written: it is a folder with files in it; name a new one`,
    ]);
    expect(ran.opened).toEqual([]);
    rmSync(out, { recursive: true });
    writeFileSync(out, '');
    expect((await prove('2026-03-01 --account sg/main')).stderr[0]).toContain('it is not a folder');
  });

  it('says what is wrong with a folder that is not evidence', async () => {
    mkdirSync(out);
    expect((await type(`verify --evidence ${out}`)).stderr).toEqual([
      `error: ${out} is not an evidence folder: it has no evidence.txt`,
    ]);
    expect((await type(`verify --evidence ${out}/none`)).stderr[0]).toContain(
      'none cannot be read as evidence (ENOENT)',
    );
    expect((await type(`verify --evidence ${out} --local`)).exitCode).toBe(2);
  });
});
