import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { DAY, HOUR } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { SEAL_PARTITION } from '../../../lambda/core/partitions.ts';
import { rootText } from '../../../lambda/core/seal.ts';
import { decodeSeal } from '../../../lambda/core/seal-item.ts';
import { Authority } from '../../support/authority.ts';
import { catalogOf, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { SEAL } from '../../support/seals.ts';
import { StoredTable } from '../../support/stored-table.ts';
import { typed } from '../../support/typed.ts';

const BEGIN = time('2026-03-01T00:00:00Z');
const NOW = BEGIN + 3 * DAY + 90 * 60_000;
const CATALOG = catalogOf(
  (['id/main', 'sg/main'] as const).map((account) => ({ account, since: BEGIN })),
  [{ from: BEGIN, every: '12h', timeZone: 'UTC', regions: ['id', 'sg'] }],
);
const ENTRIES = (['id/main', 'sg/main'] as const).flatMap((account) =>
  Array.from({ length: 6 }, (_, index) => snapshot(account, BEGIN + index * 12 * HOUR, [line('BTC', '1')])),
);

async function sealed(): Promise<StoredTable> {
  const table = new StoredTable(BEGIN, ENTRIES.map(encodeItem));
  for (let day = 1; day <= 3; day += 1) await table.seal(BEGIN + day * DAY + HOUR);
  return table;
}

const ask = (commandLine: string, table: StoredTable, isTTY = false) =>
  typed(`verify ${commandLine}`, memoryLedger(CATALOG, ENTRIES), { now: NOW, stored: table.stored, isTTY });

const rootOf = (table: StoredTable, day: number) => table.all(SEAL_PARTITION)[day]?.['root']?.S ?? '';

/** The table after sg/main lost an item of 2 March, and one of id/main was changed. */
async function changed(): Promise<StoredTable> {
  const table = await sealed();
  const [, , id] = table.all('id/main');
  const [, , , sg] = table.all('sg/main');
  if (id === undefined || sg === undefined) throw new Error('no item');
  table.put({ ...id, writer: { S: 'x' } });
  table.delete(sg);
  return table;
}

describe('balances verify', () => {
  it('prints no row where all is as sealed, and the last root on stderr', async () => {
    const table = await sealed();
    const { exitCode, stdout, stderr } = await ask('--table ledger --format json', table);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '[]\n' });
    expect(stderr).toEqual([
      'as sealed: 3 days, 12 items',
      `the last root is ${rootOf(table, 2)}, of 2026-03-03, sealed 2026-03-04T01:00:00.000Z`,
    ]);
    expect((await ask('--table ledger', table)).stdout).toBe('');
  });

  it('names each day and account that differs, and exits with 3', async () => {
    const table = await changed();
    const { exitCode, stdout, stderr } = await ask('--local --format json', table);
    expect(exitCode).toBe(3);
    expect(JSON.parse(stdout)).toEqual([
      { day: '2026-03-02', account: 'id/main', problem: 'changed' },
      { day: '2026-03-02', account: 'sg/main', problem: 'removed' },
    ]);
    expect(stderr[0]).toMatch(
      /^changed: the account has as many items as were sealed, but not the same ones/,
    );
    expect(stderr[1]).toMatch(/^removed: /);
    expect(stderr).toContain('SIMULATED data');
    expect(stderr).toContain('compared: 3 days, 11 items');
  });

  it('prints the same as a table and as CSV', async () => {
    const table = await changed();
    expect((await ask('--table ledger', table)).stdout).toBe(
      `day         problem    account
2026-03-02  changed    id/main
2026-03-02  removed    sg/main
`,
    );
    expect((await ask('--table ledger --format csv', table)).stdout).toBe(
      'day,account,problem\n2026-03-02,id/main,changed\n2026-03-02,sg/main,removed\n',
    );
  });

  it('names a day without a seal, and one with a seal that cannot be read', async () => {
    const table = await sealed();
    const [, second, third] = table.all(SEAL_PARTITION);
    if (second === undefined || third === undefined) throw new Error('no seal');
    table.delete(second);
    table.put({ ...third, root: { S: '?' } });
    const { stdout, stderr } = await ask('--table ledger', table);
    expect(stdout).toBe(`day         problem    account
2026-03-02  unsealed   all
2026-03-03T00:00:00Z  chain      all
`);
    expect(stderr[0]).toBe('the seal 2026-03-03T00:00:00Z cannot be read: its root is not 64 hex digits');
    expect((await ask('--table ledger --from 2026-03-03 --format json', table)).stdout).not.toContain(
      'unsealed',
    );
  });

  it('compares the days and accounts that are asked for', async () => {
    const table = await changed();
    const rows = async (line_: string) =>
      JSON.parse((await ask(`--table ledger --format json ${line_}`, table)).stdout);
    expect(await rows('--from 2026-03-03')).toEqual([]);
    expect(await rows('--to 2026-03-02')).toEqual([]);
    expect(await rows('--account sg/main')).toEqual([
      { day: '2026-03-02', account: 'sg/main', problem: 'removed' },
    ]);
  });

  it('finds a root that was kept elsewhere, or says that no seal has it', async () => {
    const table = await sealed();
    const kept = await ask(`--table ledger --expect ${rootOf(table, 1).toUpperCase()}`, table);
    expect(kept.exitCode).toBe(0);
    expect(kept.stderr.at(-1)).toBe('the expected root is that of 2026-03-02; 1 seal follows');
    const other = 'ab'.repeat(32);
    const lost = await ask(`--table ledger --format json --expect ${other}`, table);
    expect(lost.exitCode).toBe(3);
    expect(JSON.parse(lost.stdout)).toEqual([{ day: '2026-03-03', account: null, problem: 'chain' }]);
    expect(lost.stderr.at(-1)).toBe(`no seal has the expected root ${other}`);
    const empty = await ask(`--table ledger --format json --expect ${other}`, new StoredTable(BEGIN));
    expect(JSON.parse(empty.stdout).at(-1)).toEqual({ day: null, account: null, problem: 'chain' });
  });

  it('says which seals are signed by a time-stamp authority, and checks it against certificates', async () => {
    const table = await sealed();
    const authority = new Authority(BEGIN);
    const [first, second] = table.all(SEAL_PARTITION);
    const { previous, accounts } = decodeSeal(second ?? {}).value ?? SEAL;
    const token = authority.token(rootText(previous, accounts), BEGIN + 2 * DAY + HOUR);
    table.put({ ...second, timestamp: { B: token } });
    const signed = 'the root of 2026-03-02 was signed at 2026-03-03T01:00:00Z by CN=Test authority';
    const { exitCode, stderr } = await ask('--table ledger', table);
    expect({ exitCode, last: stderr.at(-1) }).toEqual({
      exitCode: 0,
      last: `1 seal has a time-stamp; ${signed}; --authority FILE checks who that is`,
    });
    const file = join(mkdtempSync(join(tmpdir(), 'verify-')), 'authority.pem');
    onTestFinished(() => rmSync(dirname(file), { recursive: true }));
    const under = async (pem: string) => {
      writeFileSync(file, pem);
      return await ask(`--table ledger --format json --authority ${file}`, table);
    };
    expect((await under(authority.pem)).stderr.at(-1)).toBe(
      `1 seal has a time-stamp; ${signed}, as the certificates confirm`,
    );
    const other = await under(new Authority(BEGIN, 'Another').pem);
    expect(other.exitCode).toBe(3);
    expect(JSON.parse(other.stdout)).toEqual([{ day: '2026-03-02', account: null, problem: 'timestamp' }]);
    expect(other.stderr.slice(0, 2)).toEqual([
      'the token of 2026-03-02 is by CN=Test authority, which no given certificate vouches for',
      expect.stringMatching(/^timestamp: the time-stamp token does not belong to this seal/),
    ]);
    expect((await under('no certificate')).stderr).toEqual([
      `error: ${file} has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`,
    ]);
    writeFileSync(file, authority.pem);
    const none = await ask(`--table ledger --authority ${file}`, await sealed());
    expect([none.exitCode, none.stderr.at(-1)]).toEqual([
      0,
      'no seal has a time-stamp that is good, so the certificates vouch for none',
    ]);
    expect((await ask('--table ledger --authority none.pem', table)).stderr).toEqual([
      'error: none.pem cannot be read as certificates in PEM',
    ]);
    table.put({ ...first, timestamp: { B: token } });
    expect((await ask('--table ledger', table)).stdout).toContain('2026-03-01  timestamp  all');
  });

  it('does not take what is not a root', async () => {
    const { exitCode, stderr } = await ask('--table ledger --expect deadbeef', await sealed());
    expect({ exitCode, stderr }).toEqual({
      exitCode: 2,
      stderr: [
        'error: --expect "deadbeef" is not a root: write 64 hex digits, as verify and the log print them',
      ],
    });
  });

  it('says so where no day has been sealed', async () => {
    const { exitCode, stderr } = await ask('--table ledger', new StoredTable(BEGIN, ENTRIES.map(encodeItem)));
    expect(exitCode).toBe(3);
    expect(stderr.at(-1)).toBe('no day has been sealed');
  });
});
