import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { typedAt, writeLocalLedger } from '../../support/local-ledger.ts';
import { snapshot, time } from '../../support/memory-ledger.ts';

const BEGIN = time('2026-11-22T00:00:00Z');
/** When `npm start` filled the ledger, and took one more snapshot. */
const FILLED = BEGIN + 3 * HOUR + 58 * MINUTE;
const ENDS =
  'the demo ends at 2026-11-22T03:58:01Z, when npm start last filled it; run npm start to fill it up to now\n';

let root: string;

const HOURLY = { from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg'] } as const;
const ENTRIES = [
  ...[0, 1, 2, 3].map((hour) => snapshot('sg/main', BEGIN + hour * HOUR)),
  snapshot('sg/main', FILLED, undefined, { manual: true }),
];

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'demo-end-'));
  for (const ledger of ['demo', 'real'] as const) await writeLocalLedger(root, ledger, HOURLY, ENTRIES);
});
afterAll(() => rmSync(root, { recursive: true }));

const typed = (commandLine: string, now: Instant) => typedAt(root, commandLine, now);

describe('the demo', () => {
  it.each([
    ['in its first hour', FILLED + 10 * MINUTE],
    ['a month later', FILLED + 30 * DAY],
  ])('has no gap after its end, and says where that is: %s', async (_, now) => {
    const { exitCode, stdout, stderr } = await typed('gaps --local', now);
    expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
    expect(stderr).toContain(ENDS);
    expect(stderr).not.toContain('dead-letter');
  });

  it('says nothing about its end before the next slot', async () => {
    const { exitCode, stderr } = await typed('gaps --local', FILLED + MINUTE);
    expect(exitCode).toBe(0);
    expect(stderr).not.toContain('ends at');
  });

  it('is not called old by latest, at and changes after its end', async () => {
    for (const command of ['latest', 'at 2026-11-22T09:00:00Z', 'changes --from 2026-11-22T00:00:00Z']) {
      const { exitCode, stderr } = await typed(`${command} --local`, FILLED + 10 * HOUR);
      expect(exitCode).toBe(0);
      expect(stderr).toContain(ENDS);
      expect(stderr).not.toMatch(/without a snapshot|schedule and the function/);
    }
  });

  it('shows its last snapshot by default, and nothing for a range after its end', async () => {
    const all = await typed('history --local --format json', FILLED + 10 * HOUR);
    expect(JSON.parse(all.stdout)).toHaveLength(5);
    const later = await typed('history --local --format json --from 2h', FILLED + 10 * HOUR);
    expect({ exitCode: later.exitCode, stdout: later.stdout }).toEqual({ exitCode: 0, stdout: '[]\n' });
    expect(later.stderr).toContain(ENDS);
  });
});

describe('a ledger of real data', () => {
  it('has gaps up to now', async () => {
    const { exitCode, stdout, stderr } = await typed('gaps --real', FILLED + 10 * MINUTE);
    expect(exitCode).toBe(3);
    expect(stdout).toContain('2026-11-22T04:00Z');
    expect(stderr).not.toContain('the demo');
  });
});
