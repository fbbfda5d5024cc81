import { describe, expect, it } from 'vitest';
import { ok, unknown, wrong } from '../../../cli/doctor/finding.ts';
import { toldOnce } from '../../../cli/doctor/told-once.ts';

const TELLS = { ...wrong('queue', 'it holds 1 event', 'Read it.'), tells: ['kept'] };
const SHORT = wrong('alarm kept', 'on, for a problem listed here', undefined);
const ECHOES = {
  ...wrong('alarm kept', 'on: a run failed', 'Read the queue.'),
  echoes: [{ of: 'kept', instead: SHORT }],
};

describe('findings', () => {
  it('that another one reports are shortened, wherever it appears', () => {
    expect(toldOnce([TELLS, ECHOES])).toEqual([TELLS, SHORT]);
    expect(toldOnce([ECHOES, TELLS])).toEqual([SHORT, TELLS]);
  });

  it('that no other one reports are given in full', () => {
    const itself = { ...ECHOES, tells: ['kept'] };
    expect(toldOnce([ECHOES, ok('table', 'fine')])).toEqual([ECHOES, ok('table', 'fine')]);
    expect(toldOnce([itself])).toEqual([itself]);
  });

  it('are left out if nothing remains of them', () => {
    expect(toldOnce([TELLS, { ...ECHOES, echoes: [{ of: 'kept' }] }])).toEqual([TELLS]);
  });

  it('are shortened by the first fact that is reported', () => {
    const echoes = [{ of: 'unheard' }, { of: 'kept', instead: SHORT }, { of: 'kept' }];
    expect(toldOnce([{ ...ECHOES, echoes }, TELLS])).toEqual([SHORT, TELLS]);
  });

  it('of parts that could not be checked for the same reason share a line, others do not', () => {
    const expired = 'it could not be checked: ExpiredTokenException';
    expect(
      toldOnce([
        unknown('schedule', expired),
        wrong('id/main', 'late', undefined),
        unknown('alarms', expired),
        wrong('sg/main', 'late', undefined),
        unknown('notices', 'denied'),
      ]),
    ).toEqual([
      unknown('schedule, alarms', expired),
      wrong('id/main', 'late', undefined),
      wrong('sg/main', 'late', undefined),
      unknown('notices', 'denied'),
    ]);
  });
});
