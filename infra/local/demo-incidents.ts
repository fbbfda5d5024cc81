import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { REGION_IDS, type Region } from '../../lambda/core/regions.ts';
import { seededBelow } from './seeded.ts';
import { FAULTS, type Fault } from './upbit-faults.ts';

/** What goes wrong at Upbit for one region, from a slot on. */
export interface Incident {
  readonly fault: Fault;
  /** How long it lasts after the slot, in milliseconds. */
  readonly lasts: number;
}

/** What goes wrong with the run of one slot. */
export type RunTrouble =
  /** There is no run. */
  | { readonly kind: 'none' }
  /** The run starts after the tolerance. */
  | { readonly kind: 'late'; readonly by: number };

/** Longer than all retries. */
const ALL_THE_TIME = HOUR;

/** One of these happens to each region in every period of five days; some recover within the run, some do not. */
const INCIDENTS: readonly (Incident & { readonly slots: number })[] = [
  { fault: FAULTS.maintenance, lasts: ALL_THE_TIME, slots: 2 },
  { fault: FAULTS.badGateway, lasts: 10 * SECOND, slots: 1 },
  { fault: FAULTS.tooManyRequests, lasts: SECOND, slots: 1 },
  { fault: FAULTS.expiredAccessKey, lasts: ALL_THE_TIME, slots: 4 },
  { fault: FAULTS.reset, lasts: ALL_THE_TIME, slots: 1 },
];
const INCIDENT_STRETCH = 5 * DAY;

/** In every period of ten days one hour has no run (three in every second period), and another has a late one. */
const TROUBLE_STRETCH = 10 * DAY;
/** After the tolerance but before the slot is due, so that gaps lists it with its reason. */
const LATE_BY = 5.5 * MINUTE;

/** One of these happens to each region's ticker in every period of ten days: a few hours without prices, or a late one. */
const PRICE_INCIDENTS: readonly (Incident & { readonly slots: number })[] = [
  { fault: FAULTS.maintenance, lasts: ALL_THE_TIME, slots: 9 },
  { fault: FAULTS.tooManyRequestsText, lasts: SECOND, slots: 1 },
  { fault: FAULTS.okHtml, lasts: ALL_THE_TIME, slots: 3 },
  { fault: FAULTS.reset, lasts: ALL_THE_TIME, slots: 1 },
];
const PRICE_INCIDENT_STRETCH = 10 * DAY;

/** The incident of a region's accounts at a slot, if any: always the same for the same seed. */
export function incidentAt(seed: string, region: Region, slot: Instant): Incident | undefined {
  return oneOf(INCIDENTS, INCIDENT_STRETCH, `${seed} incident`, region, slot);
}

/** The incident of a region's ticker at a slot, if any, in the same way. The accounts do not notice. */
export function priceIncidentAt(seed: string, region: Region, slot: Instant): Incident | undefined {
  return oneOf(PRICE_INCIDENTS, PRICE_INCIDENT_STRETCH, `${seed} prices`, region, slot);
}

/** The one incident of a region in each stretch, if a slot is among its slots. */
function oneOf(
  incidents: readonly (Incident & { readonly slots: number })[],
  length: number,
  seed: string,
  region: Region,
  slot: Instant,
): Incident | undefined {
  const stretch = Math.floor(slot / length);
  // Every kind gets its turn, and no two regions have the same one at the same time.
  const incident = incidents[(stretch + REGION_IDS.indexOf(region)) % incidents.length];
  if (incident === undefined) return undefined;
  const hour = hourOf(slot, length);
  const begins = seededBelow(length / HOUR - incident.slots, `${seed} ${region} ${stretch}`);
  return begins <= hour && hour < begins + incident.slots ? incident : undefined;
}

/** What goes wrong with the run of a slot, if anything. */
export function runTroubleAt(seed: string, slot: Instant): RunTrouble | undefined {
  const stretch = Math.floor(slot / TROUBLE_STRETCH);
  const hour = hourOf(slot, TROUBLE_STRETCH);
  const hours = TROUBLE_STRETCH / HOUR;
  const hole = seededBelow(hours - 3, `${seed} hole ${stretch}`);
  const length = stretch % 2 === 0 ? 3 : 1;
  if (hole <= hour && hour < hole + length) return { kind: 'none' };
  const late = seededBelow(hours, `${seed} late ${stretch}`);
  return hour === late ? { kind: 'late', by: LATE_BY } : undefined;
}

function hourOf(slot: Instant, stretch: number): number {
  return Math.floor((slot % stretch) / HOUR);
}
