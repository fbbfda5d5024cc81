import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { marchLedger, NOW } from '../../support/report-record.ts';
import { typed } from '../../support/typed.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'report-'));
  writeFileSync(join(directory, 'a-file'), '');
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const LEDGER = marchLedger();

const report = (out: string) => typed(['report', '--local', '--out', out], LEDGER, { now: NOW });

describe('the file of a report', () => {
  it('overwrites an earlier report, but nothing else', async () => {
    const out = join(directory, 'march.html');
    await report(out);
    expect((await report(out)).exitCode).toBe(0);
    const other = join(directory, 'letter.txt');
    writeFileSync(other, 'Dear auditor');
    const { exitCode, stderr } = await report(other);
    expect({ exitCode, stderr }).toEqual({
      exitCode: 1,
      stderr: [`error: ${other} already exists and is not a report: remove it, or choose another name`],
    });
    expect(readFileSync(other, 'utf8')).toBe('Dear auditor');
  });

  it.each([
    [
      'in a directory that does not exist',
      'nowhere/a.html',
      'cannot be written: its directory does not exist (ENOENT)',
    ],
    ['in a file', 'a-file/a.html', 'cannot be written: its directory is a file (ENOTDIR)'],
    ['in the place of a directory', '.', 'already exists and is not a report'],
  ])('cannot be written %s, and the error says why', async (_, name, why) => {
    const { exitCode, stderr, opened } = await report(join(directory, name));
    expect(exitCode).toBe(1);
    expect(stderr).toHaveLength(1);
    expect(stderr[0]).toContain(why);
    // It fails at once: nothing is read first.
    expect(opened).toEqual([]);
  });
});
