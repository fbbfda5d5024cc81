import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseEvent } from '../../../lambda/core/event.ts';
import { formatSecond, MINUTE } from '../../../lambda/core/instant.ts';
import { isOnGrid } from '../../../lambda/core/slots.ts';
import { grid, millisecond, must } from '../../support/arbitraries.ts';

const HOURLY = { every: '1h', timeZone: 'UTC' } as const;
const SIX = Date.UTC(2026, 10, 22, 6);
const NOW = SIX + 10_250;

const at = (event: unknown, now = NOW, g: Parameters<typeof parseEvent>[1] = HOURLY) =>
  parseEvent(event, g, now);
const slotEvent = (instant: number) => ({ slot: formatSecond(instant) });
const manualEvent = (instant: number) => ({ manual: formatSecond(instant) });

const ALLOWED =
  'allowed are {"slot":"2026-11-22T06:00:00Z"}, {"manual":true}, {"manual":"2026-11-22T06:12:34Z"} and {"check":true}';

describe('a scheduled event', () => {
  it('is for its slot', () => {
    expect(must(at({ slot: '2026-11-22T06:00:00Z' }))).toStrictEqual({ kind: 'slot', slot: SIX });
  });

  it('may be hours late, which the collector records', () => {
    expect(must(at(slotEvent(SIX - 3 * 60 * MINUTE)))).toStrictEqual({
      kind: 'slot',
      slot: SIX - 3 * 60 * MINUTE,
    });
  });

  it('may be at most 60 s ahead of our clock', () => {
    expect(must(at(slotEvent(SIX), SIX - 60_000))).toStrictEqual({ kind: 'slot', slot: SIX });
    expect(at(slotEvent(SIX), SIX - 60_001)).toStrictEqual({
      problem:
        "the event's slot 2026-11-22T06:00:00Z is more than 60 s ahead of this host's clock, 2026-11-22T05:58:59Z",
    });
  });

  it('is rejected off the grid, naming the grid', () => {
    expect(at({ slot: '2026-11-22T06:00:01Z' })).toStrictEqual({
      problem: "the event's slot 2026-11-22T06:00:01Z is not on the grid of every 1h from midnight in UTC",
    });
    const daily = { every: '1d', timeZone: 'Asia/Seoul' } as const;
    expect(at({ slot: '2026-11-22T00:00:00Z' }, NOW, daily).problem).toBe(
      "the event's slot 2026-11-22T00:00:00Z is not on the grid of every 1d from midnight in Asia/Seoul",
    );
    expect(must(at({ slot: '2026-11-21T15:00:00Z' }, NOW, daily)).kind).toBe('slot');
  });

  it.each([
    '',
    'now',
    '<aws.scheduler.scheduled-time>',
    '2026-02-30T06:00:00Z',
    '2026-11-22T24:00:00Z',
    '9999-12-31T24:00:00Z',
    '2026-11-22T06:00:00z',
    '2026-11-22T06:00:00+00:00',
    '2026-11-22T06:00:00.000Z',
    '2026-11-22T06:00:00',
    '2026-11-22',
    SIX,
    SIX / 1_000,
    true,
    null,
    ['2026-11-22T06:00:00Z'],
    { S: '2026-11-22T06:00:00Z' },
  ])('is rejected for a slot that is not a UTC time to the second: %j', (slot) => {
    expect(at({ slot })).toStrictEqual({
      problem: `the event's slot is not a UTC time to the second; ${ALLOWED}`,
    });
  });
});

describe('a manual event', () => {
  it('is for now, without fractions of a second', () => {
    expect(must(at({ manual: true }))).toStrictEqual({ kind: 'manual', slot: SIX + 10_000 });
  });

  it('is for the second the caller chose, so that a retried call takes the same snapshot', () => {
    const event = { manual: '2026-11-22T06:00:07Z' };
    expect(must(at(event))).toStrictEqual({ kind: 'manual', slot: SIX + 7_000 });
    expect(must(at(event, NOW + 30_000))).toStrictEqual({ kind: 'manual', slot: SIX + 7_000 });
  });

  it('on the grid moves to the next second, because that slot belongs to the schedule', () => {
    expect(must(at(manualEvent(SIX)))).toStrictEqual({ kind: 'manual', slot: SIX + 1_000 });
    expect(must(at({ manual: true }, SIX + 999))).toStrictEqual({ kind: 'manual', slot: SIX + 1_000 });
    fc.assert(
      fc.property(grid, millisecond, (g, now) => {
        const { kind, slot } = { slot: Number.NaN, ...must(at({ manual: true }, now, g)) };
        expect(kind).toBe('manual');
        expect(isOnGrid(g, slot)).toBe(false);
        expect(Math.abs(slot - now)).toBeLessThanOrEqual(1_000);
      }),
    );
  });

  it('may be at most 60 s from our clock, on either side', () => {
    const asked = SIX + 7_000;
    expect(must(at(manualEvent(asked), asked + 60_000)).kind).toBe('manual');
    expect(must(at(manualEvent(asked), asked - 60_000)).kind).toBe('manual');
    expect(at(manualEvent(asked), asked + 60_001)).toStrictEqual({
      problem:
        "the event's manual time 2026-11-22T06:00:07Z is more than 60 s from this host's clock, 2026-11-22T06:01:07Z",
    });
    expect(at(manualEvent(asked), asked - 60_001).problem).toMatch(
      /more than 60 s from this host's clock, 2026-11-22T05:59:06Z$/,
    );
  });

  it.each([
    false,
    'true',
    '',
    1,
    NOW,
    null,
    {},
    ['2026-11-22T06:00:07Z'],
    '2026-11-22T06:00:07.000Z',
    '2026-02-30T06:00:07Z',
  ])('is rejected if it is neither true nor a UTC time to the second: %j', (manual) => {
    expect(at({ manual })).toStrictEqual({
      problem: `the event's manual is neither true nor a UTC time to the second; ${ALLOWED}`,
    });
  });
});

describe('a check event', () => {
  it('is a check', () => {
    expect(must(at({ check: true }))).toStrictEqual({ kind: 'check' });
  });

  it.each([false, 'true', 1, null, {}])('is rejected if it is not true: %j', (check) => {
    expect(at({ check })).toStrictEqual({ problem: `the event's check is not true; ${ALLOWED}` });
  });
});

describe('anything else', () => {
  it.each([
    [null, 'null'],
    [undefined, 'nothing'],
    ['2026-11-22T06:00:00Z', 'a string'],
    [SIX, 'a number'],
    [true, 'a boolean'],
    [[{ slot: '2026-11-22T06:00:00Z' }], 'an array'],
  ])('is refused: %j', (event, kind) => {
    expect(at(event)).toStrictEqual({ problem: `the event is ${kind}; ${ALLOWED}` });
  });

  it.each([
    {},
    { slott: '2026-11-22T06:00:00Z' },
    { Slot: '2026-11-22T06:00:00Z' },
    { slot: '2026-11-22T06:00:00Z', manual: true },
    { slot: '2026-11-22T06:00:00Z', check: true },
    { slot: '2026-11-22T06:00:00Z', force: true },
    { manual: true, check: true },
    { source: 'aws.events', detail: {} },
    Object.create({ slot: '2026-11-22T06:00:00Z' }),
  ])('is refused: %j', (event) => {
    expect(at(event)).toStrictEqual({
      problem: `the event does not have exactly one field, slot, manual or check; ${ALLOWED}`,
    });
  });
});
