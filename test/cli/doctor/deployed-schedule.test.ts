import { describe, expect, it } from 'vitest';
import { type DeployedSchedule, nextSlot, withDeployed } from '../../../cli/doctor/deployed-schedule.ts';
import { lookAtSnapshots } from '../../../cli/doctor/snapshots.ts';
import type { ScheduleEntry } from '../../../lambda/core/catalog.ts';
import type { Instant } from '../../../lambda/core/instant.ts';
import { slotsBetween } from '../../../lambda/core/slots.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import { catalogOf, failure, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';

const at = (clock: string): Instant => time(`2026-11-22T${clock}:00Z`);
const MAIN = { account: 'sg/main', since: at('00:00') } as const;
const EVERY_MINUTE: ScheduleEntry = { from: at('00:00'), every: '1m', timeZone: 'UTC', regions: ['sg'] };
const HOURLY: ScheduleEntry = { ...EVERY_MINUTE, every: '1h' };
const taken = (schedule: ScheduleEntry, to: Instant) =>
  [...slotsBetween(schedule, at('05:00'), to + 1)].map((slot) => snapshot('sg/main', slot));

/** What the doctor finds of a ledger with these entries, at this time. */
async function look(
  last: ScheduleEntry | undefined,
  entries: Entry[],
  deployed: Partial<DeployedSchedule>,
  now: Instant,
) {
  const stored = last === undefined ? catalogOf([], []) : catalogOf([MAIN], [last]);
  const reader = memoryLedger(stored, entries);
  const schedule: DeployedSchedule = {
    every: '1h',
    timeZone: 'UTC',
    regions: ['sg'],
    changedAt: undefined,
    ...deployed,
  };
  const catalog = await withDeployed(reader, stored, schedule);
  const findings = await lookAtSnapshots(reader, catalog, now, true);
  return [...findings, ...nextSlot(stored, schedule, now)].map(({ state, found }) => `${state} ${found}`);
}

describe('after a deploy with another cadence', () => {
  const LATEST = '1 account has one, the newest is of slot 2026-11-22T06:10:00Z, 29 min 58 s old';

  it('a coarser one misses no slot of the old grid, and says when the next slot is', async () => {
    const changed = { every: '1h', changedAt: at('06:10') } as const;
    expect(await look(EVERY_MINUTE, taken(EVERY_MINUTE, at('06:10')), changed, at('06:40'))).toEqual([
      `ok ${LATEST}`,
      'ok 2026-11-22T07:00:00Z, in 20 min; the ledger says sg every 1m in UTC until the first run, and slots of that schedule without a run do not count as missed',
    ]);
  });

  it('the first slot of the new one is missed if it had no run', async () => {
    const changed = { every: '1h', changedAt: at('06:10') } as const;
    const [found] = await look(EVERY_MINUTE, taken(EVERY_MINUTE, at('06:10')), changed, at('07:07'));
    expect(found).toMatch(
      /^wrong 1 expected slot has no snapshot, .* nothing was recorded for the last of them/,
    );
  });

  it('a finer one misses no slot from before the deploy, and those after it', async () => {
    const changed = { every: '1m', changedAt: at('06:30') } as const;
    expect((await look(HOURLY, taken(HOURLY, at('06:00')), changed, at('06:32')))[0]).toMatch(
      /^ok 1 account/,
    );
    expect((await look(HOURLY, taken(HOURLY, at('06:00')), changed, at('06:36')))[0]).toMatch(
      /^wrong 4 expected slots have no snapshot/,
    );
  });

  it('one that is not known to be later than the last record counts from there', async () => {
    const [found] = await look(HOURLY, taken(HOURLY, at('06:00')), { every: '1m' }, at('06:06'));
    expect(found).toMatch(/^wrong 3 expected slots have no snapshot/);
  });

  it('in another zone is another grid', async () => {
    const daily: ScheduleEntry = { ...EVERY_MINUTE, every: '1d', from: time('2026-11-20T00:00:00Z') };
    const changed = { every: '1d', timeZone: 'Asia/Seoul', changedAt: at('00:30') } as const;
    const entries = [snapshot('sg/main', at('00:00'))];
    expect((await look(daily, entries, changed, at('12:00'))).map((line) => line.slice(0, 32))).toEqual([
      'ok 1 account has one, the newest',
      'ok 2026-11-22T15:00:00Z, in 3 h;',
    ]);
  });
});

describe('without a change', () => {
  it('what the ledger expects counts, and the next slot is only said', async () => {
    const found = await look(HOURLY, taken(HOURLY, at('04:00')), { changedAt: at('06:30') }, at('06:40'));
    expect(found[0]).toMatch(/^wrong 7 expected slots have no snapshot/);
    expect(found[1]).toBe('ok 2026-11-22T07:00:00Z, in 20 min');
  });
});

describe('an account whose region left the schedule', () => {
  const both: ScheduleEntry = { ...HOURLY, regions: ['id', 'sg'] };
  const ID = { account: 'id/main', since: at('00:00') } as const;
  const entries = [...taken(HOURLY, at('06:00')), failure('id/main', at('05:00'), 'key.expired')];

  it.each([
    ['with the deploy', [both], at('06:10')],
    ['and the ledger knows', [both, { ...HOURLY, from: at('06:00') }], undefined],
  ])('is mentioned, and not wrong, %s', async (_, schedules, changedAt) => {
    const stored = catalogOf([ID, MAIN], schedules);
    const reader = memoryLedger(stored, entries);
    const deployed: DeployedSchedule = { every: '1h', timeZone: 'UTC', regions: ['sg'], changedAt };
    const catalog = await withDeployed(reader, stored, deployed);
    expect(await lookAtSnapshots(reader, catalog, at('06:40'), true)).toMatchObject([
      {
        state: 'ok',
        found: expect.stringMatching(
          /^1 account has one, .*; no longer collected, since their region left the schedule: id\/main$/,
        ),
      },
    ]);
  });

  it('is wrong while its region is in it', async () => {
    const stored = catalogOf([ID, MAIN], [both]);
    const [found] = await lookAtSnapshots(memoryLedger(stored, entries), stored, at('06:40'), true);
    expect(found).toMatchObject({ lookedAt: 'snapshots of id/main', state: 'wrong' });
  });
});

describe('a ledger in which nothing ran', () => {
  it('expects the slots since the deploy, of each region', async () => {
    const [found] = await look(undefined, [], { changedAt: at('03:30') }, at('05:30'));
    expect(found).toMatch(
      /^wrong 2 expected slots have no snapshot, there is no earlier one; nothing was recorded/,
    );
  });

  it('expects none before the first slot, or if the time of the deploy is unknown', async () => {
    for (const changedAt of [at('05:10'), undefined])
      expect((await look(undefined, [], { changedAt }, at('05:30')))[0]).toBe(
        'ok none yet: the first are taken at the next slot',
      );
  });

  it('has no next slot if no schedule is known', () => {
    expect(nextSlot(catalogOf([], []), undefined, at('05:30'))).toEqual([]);
    expect(nextSlot(catalogOf([MAIN], [HOURLY]), undefined, at('05:30'))).toMatchObject([
      { found: '2026-11-22T06:00:00Z, in 30 min' },
    ]);
  });
});
