import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AccountBuilder } from '../../../cli/report/account-builder.ts';
import type { Reading } from '../../../cli/report/moments.ts';
import { type AccountRecord, holdingAt, lastSlot, slotsIn } from '../../../cli/report/record.ts';
import { intervalOf, nextInterval } from '../../../cli/report/thinning.ts';
import { DAY, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { line } from '../../support/memory-ledger.ts';
import { BEGIN } from '../../support/report-record.ts';

const TO = BEGIN + 40 * DAY;
const ZONE = 'Asia/Singapore';

/** What became of successive slots, some minutes apart. */
const outcomes = fc.array(
  fc.record({
    what: fc.constantFrom('taken', 'taken', 'late', 'upbit.timeout', 'missing', 'pause' as const),
    amount: fc.integer({ min: 1, max: 3 }),
    minutes: fc.integer({ min: 1, max: 45 }),
  }),
  { minLength: 1, maxLength: 120 },
);

function readingsOf(found: readonly { what: string; amount: number; minutes: number }[]): Reading[] {
  let slot = BEGIN;
  return found.map(({ what, amount, minutes }): Reading => {
    slot += minutes * MINUTE;
    if (what === 'taken') {
      const balances = amount === 3 ? [] : [line('BTC', String(amount))];
      return { moment: { kind: 'snapshot', slot, expected: true, observedAt: slot + 5 }, balances };
    }
    const kind = what === 'missing' || what === 'pause' ? what : 'failure';
    const lack = { reason: what, detail: '', due: true, count: 1, span: 0, every: MINUTE };
    return { moment: { kind, slot, expected: kind !== 'pause', ...lack } };
  });
}

function builder() {
  return new AccountBuilder('sg/main', [], TO, ZONE);
}

/** A record as plain data, each snapshot with what it lists. */
function plain({ moments, currencies, counts }: AccountRecord) {
  return {
    counts,
    moments: moments.map((moment) => {
      if (moment.kind !== 'snapshot') return moment;
      const { index, ...about } = moment;
      const listed = [...currencies].flatMap(([name, column]) => {
        const holding = holdingAt(column, index);
        return holding === undefined ? [] : [[name, holding]];
      });
      return { ...about, listed };
    }),
  };
}

describe('a thinned record', () => {
  it('is the same whenever it was thinned, and whether at once or step by step', () => {
    fc.assert(
      fc.property(outcomes, fc.nat(), fc.integer({ min: 1, max: 6 }), (found, when, steps) => {
        const readings = readingsOf(found);
        const [late, early, onTheWay] = [builder(), builder(), builder()];
        let interval = 0;
        for (let step = 0; step < steps; step += 1) interval = nextInterval(interval) ?? interval;
        for (const reading of readings) late.add(reading);
        late.thin(interval);
        early.thin(interval);
        for (const reading of readings) early.add(reading);
        let so = 0;
        for (const [place, reading] of readings.entries()) {
          onTheWay.add(reading);
          if ((place + when) % 7 !== 0 || so >= interval) continue;
          so = nextInterval(so) ?? so;
          onTheWay.thin(so);
        }
        onTheWay.thin(interval);
        expect(plain(early.build())).toEqual(plain(late.build()));
        expect(plain(onTheWay.build())).toEqual(plain(late.build()));
      }),
    );
  });

  it('has the first snapshot of each interval, the newest of all, and every slot without one in its counts', () => {
    fc.assert(
      fc.property(outcomes, fc.constantFrom(30 * MINUTE, HOUR, 4 * HOUR), (found, interval) => {
        const readings = readingsOf(found);
        const [whole, thinned] = [builder(), builder()];
        thinned.thin(interval);
        for (const reading of readings) for (const one of [whole, thinned]) one.add(reading);
        const all = plain(whole.build());
        const some = plain(thinned.build());
        const taken = all.moments.filter(({ kind }) => kind === 'snapshot');
        const first = new Set<number>();
        const kept = taken.filter(({ slot }, place) => {
          const own = intervalOf(slot, interval, ZONE);
          const isFirst = !first.has(own);
          first.add(own);
          return isFirst || place === taken.length - 1;
        });
        expect(some.moments.filter(({ kind }) => kind === 'snapshot')).toEqual(kept);
        expect(some.counts).toEqual(all.counts);
        const lacking = thinned
          .build()
          .moments.flatMap((moment) => (moment.kind === 'snapshot' ? [] : [moment]));
        expect(slotsIn(lacking)).toBe(all.moments.length - taken.length);
        for (const one of lacking) {
          expect(intervalOf(lastSlot(one), interval, ZONE)).toBe(intervalOf(one.slot, interval, ZONE));
        }
        const slots = some.moments.map(({ slot }) => slot);
        expect(slots).toEqual(slots.toSorted((a, b) => a - b));
      }),
    );
  });

  it('says exactly which slots since the newest snapshot have none', () => {
    const thinned = builder();
    thinned.thin(HOUR);
    const what = [
      'taken',
      'upbit.timeout',
      'taken',
      'upbit.timeout',
      'taken',
      'upbit.timeout',
      'upbit.timeout',
    ];
    for (const reading of readingsOf(what.map((one) => ({ what: one, amount: 1, minutes: 5 }))))
      thinned.add(reading);
    const { moments } = thinned.build();
    expect(
      moments.map((moment) => [
        (moment.slot - BEGIN) / MINUTE,
        moment.kind,
        moment.kind === 'snapshot' ? 1 : moment.count,
      ]),
    ).toEqual([
      [5, 'snapshot', 1],
      [10, 'failure', 2],
      [25, 'snapshot', 1],
      [30, 'failure', 2],
    ]);
  });

  it('holds no more than its intervals, however many slots are read', () => {
    const thinned = builder();
    thinned.thin(DAY);
    const found = Array.from({ length: 20_000 }, (_, place) => ({
      what: place % 2 === 0 ? 'taken' : 'upbit.timeout',
      amount: (place % 2) + 1,
      minutes: 1,
    }));
    for (const reading of readingsOf(found)) thinned.add(reading);
    expect(thinned.size).toBeLessThan(60);
  });
});

describe('the end of the range', () => {
  it('is kept apart from the range, and not counted', () => {
    const one = new AccountBuilder('sg/main', [], BEGIN + HOUR, ZONE);
    const found = readingsOf([30, 30].map((minutes) => ({ what: 'taken', amount: 2, minutes })));
    for (const reading of found) one.add(reading);
    const { moments, end, counts, currencies } = one.build();
    expect([moments.map(({ slot }) => slot), end.map(({ slot }) => slot)]).toEqual([
      [BEGIN + HOUR / 2],
      [BEGIN + HOUR],
    ]);
    expect(counts).toMatchObject({ expected: 1, taken: 1 });
    const btc = currencies.get('BTC');
    expect([0, 1, 2].map((index) => btc && holdingAt(btc, index)?.balance)).toEqual([
      line('BTC', '2').balance,
      line('BTC', '2').balance,
      undefined,
    ]);
  });
});
