import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run } from '../../../cli/program.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { ROOT } from '../../support/checkout.ts';
import {
  BOTH,
  historyRows,
  hourly,
  ledgerOf,
  MAIN,
  NOW,
  START,
  slotsOf,
  WHOLE,
} from '../../support/history-ledger.ts';
import { catalogOf, line, memoryLedger, snapshot } from '../../support/memory-ledger.ts';
import { NOTHING_STORED, typed } from '../../support/typed.ts';

describe('a range of time', () => {
  it('is half-open, and dates are in the stack’s zone', async () => {
    const day = await historyRows('--from 2026-11-21 --to 2026-11-22');
    expect(slotsOf(day.rows)).toHaveLength(24);
    expect(slotsOf(day.rows).at(0)).toBe('2026-11-20T16:00:00Z');
    expect(slotsOf(day.rows).at(-1)).toBe('2026-11-21T15:00:00Z');
  });

  it('defaults to everything', async () => {
    expect((await historyRows('')).rows).toHaveLength(49);
    const manualOnly = ledgerOf(
      [snapshot('sg/main', START, [line('BTC', '1')], { manual: true })],
      catalogOf([MAIN], []),
    );
    expect((await historyRows('', manualOnly)).rows).toHaveLength(1);
  });

  it('may be ten thousand years', async () => {
    expect((await historyRows('--from 0001-01-01 --to 9999-12-31')).rows).toHaveLength(49);
  });
});

describe('the progress of a long read', () => {
  async function onTerminal(
    isTTY: boolean,
    columns: number | undefined,
    stepMs: number,
    ledger: '--real' | '--local' = '--real',
  ) {
    let now = NOW;
    const clock = () => {
      now += stepMs;
      return now;
    };
    return await typed(`history ${ledger} --format csv`, WHOLE, {
      now: clock,
      isTTY,
      ...(columns === undefined ? {} : { columns }),
    });
  }

  it('is a bar on stderr, wiped at the end, if stderr is a terminal and stdout is not', async () => {
    const { stderrText } = await onTerminal(true, undefined, 400);
    expect(stderrText).toMatch(/\rReading \[#+\.*\] \d+ %/);
    expect(stderrText).toMatch(/\r +\r$/);
    expect(stderrText).not.toContain('\u001b');
  });

  it('is wiped before another line is written', async () => {
    const { stderrText } = await onTerminal(true, undefined, 400, '--local');
    expect(stderrText).toMatch(/ \d+ %\r +\r[a-z/]+: SIMULATED data/);
    expect(stderrText).not.toMatch(/%[^\r]/);
  });

  it('is not shown for a short read, or in a file', async () => {
    expect((await onTerminal(true, undefined, 0)).stderrText).toBe('');
    expect((await onTerminal(true, 80, 0)).stderrText).toBe('');
    expect((await onTerminal(false, undefined, 400)).stderrText).toBe('');
  });

  it.each(['gaps', 'history', 'slots'])(
    'is shown on an ordinary terminal too, and wiped before each row: %s',
    async (command) => {
      const text = await onOneTerminal(`${command} --real`, TWO, 400);
      expect(text).toMatch(/^\rReading \[/);
      expect(text.split('\r').filter((piece) => /^Reading.*%[^\r]/.test(piece))).toEqual([]);
      expect(text).toMatch(/\r +\r[a-zS]/);
    },
  );

  it.skipIf(process.platform === 'win32')('is shown for a report on an ordinary terminal', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'range-'));
    const text = await onOneTerminal(`report --real --out ${join(folder, 'report.html')}`, TWO, 400);
    expect(text).toMatch(/^\rReading \[/);
    rmSync(folder, { recursive: true });
  });
});

/** Two accounts; the data is SIMULATED, so each has a note. */
const TWO = memoryLedger(
  catalogOf([MAIN, { ...MAIN, account: 'th/main' }], [BOTH]),
  hourly(20).flatMap((entry) => [entry, { ...entry, account: 'th/main' as const }]),
);

/** What is seen on a terminal that shows both streams. */
async function onOneTerminal(commandLine: string, reader: LedgerReader, stepMs: number): Promise<string> {
  let [text, now] = ['', NOW];
  const write = (piece: string) => {
    text += piece;
  };
  await run(commandLine.split(' '), {
    stdout: { write },
    stderr: { isTTY: true, write },
    columns: 1_000,
    now: () => {
      now += stepMs;
      return now;
    },
    environment: {},
    root: ROOT,
    openTarget: () =>
      Promise.resolve({
        reader,
        stored: NOTHING_STORED,
        replaceAccount: () => Promise.reject(new Error('nothing may be changed')),
        simulated: true,
        label: 'the ledger',
        close: () => Promise.resolve(),
      }),
  });
  return text;
}

describe('the notes of a command', () => {
  it.each([
    'history',
    'history --format csv',
    'export',
    'export --format beancount',
    'changes',
    'slots',
    'gaps',
  ])('come after all data, also on a terminal that shows both: %s', async (command) => {
    const lines = (await onOneTerminal(`${command} --real`, TWO, 0)).trimEnd().split('\n');
    const notes = lines.map((text) => /^(?:sg|th)\/main: |^missing: |^no gap|^\d+ of \d+ slots/.test(text));
    const firstNote = notes.indexOf(true);
    expect(firstNote).toBeGreaterThan(0);
    expect(notes.slice(firstNote).every((isNote) => isNote)).toBe(true);
  });
});
