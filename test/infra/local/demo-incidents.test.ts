import { describe, expect, it } from 'vitest';
import { incidentAt, priceIncidentAt, runTroubleAt } from '../../../infra/local/demo-incidents.ts';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { REGION_IDS } from '../../../lambda/core/regions.ts';
import { isDue, isLate } from '../../../lambda/core/slots.ts';
import { at } from '../../support/memory-parts.ts';

const START = at('2026-01-01T00:00:00Z');

function slots(from: Instant, days: number): Instant[] {
  return Array.from({ length: days * 24 }, (_, hour) => from + hour * HOUR);
}

/** 40 windows of thirty days, starting at odd hours, for two seeds. */
const WINDOWS = ['demo', 'other'].flatMap((seed) =>
  Array.from({ length: 40 }, (_, index) => ({ seed, of: slots(START + index * 53 * HOUR, 30) })),
);

/** Everything that goes wrong at a slot. */
function incidentsAt(slot: Instant) {
  const ofRegions = REGION_IDS.flatMap((region) => [
    incidentAt('demo', region, slot),
    priceIncidentAt('demo', region, slot),
  ]);
  return [runTroubleAt('demo', slot), ...ofRegions];
}

describe('what goes wrong in the demo', () => {
  it('is the same at every call', () => {
    const of = slots(START, 30);
    const answers = (order: readonly Instant[]) => new Map(order.map((slot) => [slot, incidentsAt(slot)]));
    expect(answers([...of].reverse())).toEqual(new Map([...answers(of)].reverse()));
    expect(answers(of)).toEqual(answers(of));
  });

  it('differs for another seed', () => {
    const of = slots(START, 30);
    expect(of.map((slot) => runTroubleAt('other', slot))).not.toEqual(
      of.map((slot) => runTroubleAt('demo', slot)),
    );
    expect(of.map((slot) => incidentAt('other', 'sg', slot))).not.toEqual(
      of.map((slot) => incidentAt('demo', 'sg', slot)),
    );
    expect(of.map((slot) => priceIncidentAt('other', 'sg', slot))).not.toEqual(
      of.map((slot) => priceIncidentAt('demo', 'sg', slot)),
    );
  });

  it('includes hours without a run, in any thirty days', () => {
    for (const { seed, of } of WINDOWS) {
      const holes = of.filter((slot) => runTroubleAt(seed, slot)?.kind === 'none').length;
      expect(holes).toBeGreaterThanOrEqual(2);
      expect(holes).toBeLessThanOrEqual(12);
    }
  });

  it('includes late runs: after the tolerance, but before the slot is due', () => {
    const late = slots(START, 100).flatMap((slot) => {
      const trouble = runTroubleAt('demo', slot);
      return trouble?.kind === 'late' ? [{ slot, arrives: slot + trouble.by }] : [];
    });
    expect(late.length).toBeGreaterThanOrEqual(5);
    for (const { slot, arrives } of late) {
      expect(isLate('1h', slot, arrives)).toBe(true);
      expect(isDue('1h', slot, arrives + MINUTE / 4)).toBe(false);
    }
  });

  it.each(REGION_IDS)('includes every kind of incident in %s, in any thirty days', (region) => {
    const kinds = [
      FAULTS.maintenance,
      FAULTS.badGateway,
      FAULTS.tooManyRequests,
      FAULTS.expiredAccessKey,
      FAULTS.reset,
    ];
    for (const { seed, of } of WINDOWS) {
      const faults = new Set(of.map((slot) => incidentAt(seed, region, slot)?.fault));
      for (const kind of kinds) expect(faults).toContain(kind);
    }
  });

  it('leaves more than nineteen of twenty slots unaffected', () => {
    for (const { seed, of } of WINDOWS) {
      for (const region of REGION_IDS) {
        const fine = of.filter(
          (slot) => runTroubleAt(seed, slot) === undefined && incidentAt(seed, region, slot) === undefined,
        );
        expect(fine.length).toBeGreaterThan(of.length * 0.95);
      }
    }
  });

  it('never affects two regions in the same way at the same time', () => {
    for (const slot of slots(START, 100)) {
      const faults = REGION_IDS.flatMap((region) => incidentAt('demo', region, slot)?.fault ?? []);
      expect(new Set(faults).size).toBe(faults.length);
    }
  });

  it('covers consecutive hours if it covers more than one', () => {
    const hours = slots(START, 25).filter(
      (slot) => incidentAt('demo', 'sg', slot)?.fault === FAULTS.expiredAccessKey,
    );
    expect(hours.length).toBe(4);
    expect((hours[3] ?? 0) - (hours[0] ?? 0)).toBe(3 * HOUR);
  });

  it.each(REGION_IDS)('leaves %s without prices for hours, at least once in any sixty days', (region) => {
    for (let day = 0; day < 40; day += 1) {
      const faults = slots(START + day * 53 * HOUR, 60).map(
        (slot) => priceIncidentAt('demo', region, slot)?.fault,
      );
      for (const fault of [FAULTS.maintenance, FAULTS.okHtml, FAULTS.reset, FAULTS.tooManyRequestsText])
        expect(faults).toContain(fault);
      expect(faults.filter((fault) => fault === undefined).length).toBeGreaterThan(faults.length * 0.97);
    }
  });

  it('leaves a region without prices for nine hours in a row', () => {
    const hours = slots(START, 40).filter(
      (slot) => priceIncidentAt('demo', 'sg', slot)?.fault === FAULTS.maintenance,
    );
    expect(hours.map((slot) => (slot - (hours[0] ?? 0)) / HOUR)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  });
});
