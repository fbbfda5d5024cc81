import { describe, expect, it } from 'vitest';
import { historyRows, ledgerOf, MAIN, NOW, START, slotsOf, WHOLE } from '../../support/history-ledger.ts';
import { catalogOf, line, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

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

  it('is not shown for a short read, next to data on the same terminal, or in a file', async () => {
    expect((await onTerminal(true, undefined, 0)).stderrText).toBe('');
    expect((await onTerminal(true, 80, 400)).stderrText).toBe('');
    expect((await onTerminal(false, undefined, 400)).stderrText).toBe('');
  });
});
