import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instantOf, parseTime } from '../../../cli/ledger/time.ts';
import { typedAt, writeLocalLedger } from '../../support/local-ledger.ts';
import { failure, snapshot, time } from '../../support/memory-ledger.ts';

const NOW = time('2026-11-22T06:30:15.250Z');

function read(text: string): string | undefined {
  const { value, problem } = parseTime(text, NOW);
  return value === undefined ? problem : new Date(instantOf(value, 'Asia/Singapore')).toISOString();
}

describe('a time on the command line', () => {
  it.each([
    ['2026-11-22T06:00:00Z', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T06:00Z', '2026-11-22T06:00:00.000Z'],
    ['2026-11-22T06:00:00.25Z', '2026-11-22T06:00:00.250Z'],
    ['2026-11-22T06:00:00.123999999Z', '2026-11-22T06:00:00.123Z'],
    ['2026-11-22T06:00:00+08:00', '2026-11-21T22:00:00.000Z'],
    ['2026-11-22T06:00:00-0330', '2026-11-22T09:30:00.000Z'],
    ['2028-02-29T00:00:00Z', '2028-02-29T00:00:00.000Z'],
    ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
    ['2026-11-22', '2026-11-21T16:00:00.000Z'],
    ['9999-12-31', '9999-12-30T16:00:00.000Z'],
    ['0d', '2026-11-22T06:30:15.250Z'],
    ['30d', '2026-10-23T06:30:15.250Z'],
    ['12h', '2026-11-21T18:30:15.250Z'],
    ['90m', '2026-11-22T05:00:15.250Z'],
    ['2w', '2026-11-08T06:30:15.250Z'],
    ['2026-11', '2026-10-31T16:00:00.000Z'],
    ['today', '2026-11-21T16:00:00.000Z'],
    ['yesterday', '2026-11-20T16:00:00.000Z'],
  ])('%s is %s', (text, instant) => {
    expect(read(text)).toBe(instant);
  });

  const FORMS =
    'ISO 8601 with a zone (2026-11-22T06:00:00Z), a date or a month (2026-11-22, 2026-11: its first instant), today, yesterday, or how long ago (2w, 30d, 12h, 90m)';
  const NOT_REAL = 'does not exist: there is no such day, or no such hour (00 to 23), minute or second';

  it.each([
    ['1763791200', `is a bare number, not a time: write ${FORMS}`],
    ['1763791200000', `is a bare number, not a time: write ${FORMS}`],
    ['-5', `is a bare number, not a time: write ${FORMS}`],
    ['', `is not a time: write ${FORMS}`],
    ['now', `is not a time: write ${FORMS}`],
    ['tomorrow', `is not a time: write ${FORMS}`],
    ['toString', `is not a time: write ${FORMS}`],
    ['3y', `is not a time: write ${FORMS}`],
    ['1.5h', `is not a time: write ${FORMS}`],
    ['2026-11-22 06:00:00Z', `is not a time: write ${FORMS}`],
    ['2026-13', NOT_REAL],
    ['2026', `is a bare number, not a time: write ${FORMS}`],
    ['22/11/2026', `is not a time: write ${FORMS}`],
    [' 2026-11-22', `is not a time: write ${FORMS}`],
    ['2026-11-22\n', `is not a time: write ${FORMS}`],
    ['+12026-11-22T06:00:00Z', `is not a time: write ${FORMS}`],
    ['2026-11-22T06:00:00', 'has no time zone: end it with Z, or with an offset such as +08:00'],
    ['2026-02-30', NOT_REAL],
    ['2026-02-30T00:00:00Z', NOT_REAL],
    ['2026-02-29', NOT_REAL],
    ['9999-99-99', NOT_REAL],
    ['2026-11-22T24:00:00Z', NOT_REAL],
    ['2026-11-22T24:00Z', NOT_REAL],
    ['2026-11-22T06:60:00Z', NOT_REAL],
    ['2026-11-22T06:00:60Z', NOT_REAL],
    ['2026-11-22T06:00:00+24:00', NOT_REAL],
    ['2026-11-22T06:00:00+08:60', NOT_REAL],
    ['9999-12-31T23:59:59-01:00', 'is outside the years 0 to 9999'],
    ['0000-01-01', 'is outside the years 0 to 9999'],
    ['999999999d', 'is outside the years 0 to 9999'],
  ])('%j is refused', (text, problem) => {
    expect(read(text)).toBe(problem);
  });
});

describe('the end of time', () => {
  const BEGIN = time('2026-11-21T15:00:00Z');
  let root: string;

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'time-'));
    const schedule = { from: BEGIN, every: '1d', timeZone: 'Asia/Seoul', regions: ['sg'] } as const;
    // A failure first, so that changes looks for the first snapshot after it.
    await writeLocalLedger(root, 'real', schedule, [
      failure('sg/main', BEGIN),
      snapshot('sg/main', BEGIN + 1_000, undefined, { manual: true }),
    ]);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  it.each([
    'at 9999-12-31T23:59:59.999Z',
    ...[
      'changes',
      'history',
      'history --every 1d',
      'slots',
      'gaps',
      'export',
      'export --format beancount',
    ].flatMap((command) => [
      `${command} --to 9999-12-31T23:59:59.5Z`,
      `${command} --from 9999-12-31T20:00:00Z --to 9999-12-31T23:59:59.999Z`,
    ]),
    'changes --from 9999-12-31T23:59:59.2Z --to 9999-12-31T23:59:59.5Z',
    'history --from 0000-01-02 --to 0000-01-03',
    'accounts close sg/main --at 9999-12-31T23:59:59.5Z',
  ])('is a time like any other: %s', async (commandLine) => {
    const { exitCode, stderr } = await typedAt(root, `${commandLine} --real`, NOW);
    expect([0, 3]).toContain(exitCode);
    expect(stderr).not.toContain('error');
  });
});
