import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BEGINNING } from '../../../cli/report/file.ts';
import type { Found } from '../../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { catalogOf, memoryLedger, snapshot, unreadable } from '../../support/memory-ledger.ts';
import { BEGIN, END, FAILED, HOURLY, marchLedger, NOW } from '../../support/report-record.ts';
import { typed } from '../../support/typed.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'report-at-'));
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LEDGER = marchLedger();
const statement = (name: string, more: readonly string[] = [], ledger: LedgerReader = LEDGER) =>
  typed(
    ['report', '--local', '--out', join(directory, name), '--at', '2026-03-21T08:30:00Z', ...more],
    ledger,
    {
      now: NOW,
    },
  );
const ledgerOf = (entries: readonly Found[]) =>
  memoryLedger(catalogOf([{ account: 'sg/main', since: BEGIN }], [HOURLY]), entries);

describe('balances report --at', () => {
  it('writes one file that only its owner can read, and prints its name', async () => {
    const { exitCode, stdout, stderr } = await statement('march.html');
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr[0]).toMatch(/^wrote .*march\.html: a statement to print, or to open in a browser$/);
    expect(statSync(join(directory, 'march.html')).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(['march.html']);
    expect(readFileSync(join(directory, 'march.html'), 'utf8')).toMatch(
      new RegExp(`^${BEGINNING}<html lang="en">`),
    );
  });

  it('says on stderr what `at` and `worth` say', async () => {
    const { stderr } = await statement('notes.html');
    const at = await typed('at 2026-03-21T08:30:00Z --local', LEDGER, { now: NOW });
    const worth = await typed('worth --at 2026-03-21T08:30:00Z --local', LEDGER, { now: NOW });
    expect(stderr.slice(1)).toEqual(worth.stderr);
    expect(stderr.slice(1, 1 + at.stderr.length)).toEqual(at.stderr);
    expect(stderr.join('\n')).toContain('upbit.timeout at 2026-03-21T08:00:00Z');
    expect(FAILED[0]).toBe(Date.parse('2026-03-21T08:00:00Z'));
  });

  it('gives the worth as `worth` does: in the region’s own currency, in USDT over several regions, or --in another', async () => {
    const unit = async (more: readonly string[]) => {
      await statement('unit.html', more);
      return /Worth in<\/dt><dd>(\w+)/.exec(readFileSync(join(directory, 'unit.html'), 'utf8'))?.[1];
    };
    expect(await unit([])).toBe('USDT');
    expect(await unit(['th/main'])).toBe('THB');
    expect(await unit(['--account', 'th/main', '--in', 'sgd'])).toBe('SGD');
  });

  it('writes what it can read if an item cannot be read, names the item, and ends with 1', async () => {
    const { exitCode, stderr } = await statement('part.html', [], ledgerOf([unreadable('sg/main', BEGIN)]));
    expect(exitCode).toBe(1);
    expect(stderr.at(-1)).toContain('error: the ledger holds an item this version cannot read');
    expect(readFileSync(join(directory, 'part.html'), 'utf8')).toContain('cannot be read');
  });

  it('replaces an earlier report, but no other file', async () => {
    expect((await statement('again.html')).exitCode).toBe(0);
    expect((await statement('again.html')).exitCode).toBe(0);
    writeFileSync(join(directory, 'other.html'), 'mine');
    const { exitCode, stderr, opened } = await statement('other.html');
    expect({ exitCode, opened }).toEqual({ exitCode: 1, opened: [] });
    expect(stderr.join()).toContain('already exists and is not a report');
    expect(readFileSync(join(directory, 'other.html'), 'utf8')).toBe('mine');
  });

  it('writes nothing if the accounts or the unit are wrong', async () => {
    for (const more of [
      ['--account', 'sg/old'],
      ['--in', 'EUR'],
    ])
      expect((await statement('wrong.html', more)).exitCode).toBe(2);
    expect(existsSync(join(directory, 'wrong.html'))).toBe(false);
  });

  it('names the ledger that the environment selects in its commands', async () => {
    const out = join(directory, 'table.html');
    await typed(['report', '--at', '2026-04-01', '--out', out], ledgerOf([snapshot('sg/main', END)]), {
      now: NOW,
      environment: { BALANCES_LEDGER: 'my-ledger' },
    });
    expect(readFileSync(out, 'utf8')).toContain('balances at 2026-04-01T00:00:00Z --table my-ledger\n');
    await typed(['report', '--at', '2026-04-01', '--out', out], ledgerOf([snapshot('sg/main', END)]), {
      now: NOW,
    });
    expect(readFileSync(out, 'utf8')).toContain('balances at 2026-04-01T00:00:00Z\n');
  });
});
