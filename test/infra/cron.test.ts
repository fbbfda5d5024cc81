import { describe, expect, it } from 'vitest';
import { cronExpression } from '../../infra/cron.ts';
import { DAY, MINUTE } from '../../lambda/core/instant.ts';
import { slotsBetween } from '../../lambda/core/slots.ts';
import { ALL_CADENCES, ALL_TIME_ZONES } from '../support/arbitraries.ts';
import { localMinutes } from '../support/local-time.ts';

/** The values from 0 to size - 1 that a field of a cron expression matches: `*`, `n` or `first/step`. */
function field(text: string, size: number): number[] {
  const all = Array.from({ length: size }, (_, value) => value);
  if (text === '*') return all;
  const match = /^(\d+)(?:\/(\d+))?$/.exec(text);
  if (match === null) throw new Error(`not a field this test can read: ${text}`);
  const first = Number(match[1]);
  if (match[2] === undefined) return [first];
  const step = Number(match[2]);
  return all.filter((value) => value >= first && (value - first) % step === 0);
}

/** The minutes of a day at which an expression fires that matches every day, month and year. */
function firings(expression: string): number[] {
  const match = /^cron\((\S+) (\S+) \* \* \? \*\)$/.exec(expression);
  if (match === null) throw new Error(`not an expression that fires alike every day: ${expression}`);
  const [, minutes = '', hours = ''] = match;
  return field(hours, 24).flatMap((hour) => field(minutes, 60).map((minute) => hour * 60 + minute));
}

describe('the cron expression', () => {
  it.each(ALL_CADENCES)('for %s fires at exactly the slots of a local day, in every zone', (every) => {
    for (const timeZone of ALL_TIME_ZONES) {
      const local = localMinutes(timeZone);
      const noon = Date.UTC(2026, 10, 22, 12);
      const midnight = noon - local(noon) * MINUTE;
      const slots = [...slotsBetween({ every, timeZone }, midnight, midnight + DAY)];
      expect(firings(cronExpression(every)), timeZone).toStrictEqual(slots.map(local));
    }
  });

  it('has the six fields that EventBridge Scheduler requires', () => {
    expect(ALL_CADENCES.map(cronExpression)).toStrictEqual([
      'cron(* * * * ? *)',
      'cron(0/5 * * * ? *)',
      'cron(0/10 * * * ? *)',
      'cron(0/15 * * * ? *)',
      'cron(0/30 * * * ? *)',
      'cron(0 * * * ? *)',
      'cron(0 0/2 * * ? *)',
      'cron(0 0/3 * * ? *)',
      'cron(0 0/4 * * ? *)',
      'cron(0 0/6 * * ? *)',
      'cron(0 0/8 * * ? *)',
      'cron(0 0/12 * * ? *)',
      'cron(0 0 * * ? *)',
    ]);
  });
});
