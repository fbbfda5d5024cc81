import { MINUTE } from '../lambda/core/instant.ts';
import { CADENCES, type Cadence, SETTLING, tolerance } from '../lambda/core/slots.ts';

/** For how long nothing was heard of the collector: `periods` × `period` milliseconds. */
export interface Silence {
  readonly period: number;
  readonly periods: number;
}

/** From the end of a run until CloudWatch has read the metric out of its log. */
const DELIVERY = MINUTE;
/** Periods in one cadence, where that makes whole minutes: an alarm that is late by a sixth of a slot is soon enough. */
const PERIODS = 6;

/**
 * The silence after which two slots in a row had no run: two cadences, and as much longer as a run may take to be
 * heard of, so that a missed slot next to a slow run is not taken for two.
 *
 * It is what CloudWatch accepts: whole minutes; a day at most with periods below an hour, else seven days.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function silenceOfTwoSlots(every: Cadence): Silence {
  const heardAfter = tolerance(every) + SETTLING + DELIVERY;
  const period = Math.max(MINUTE, Math.floor(CADENCES[every] / PERIODS / MINUTE) * MINUTE);
  return { period, periods: Math.ceil((2 * CADENCES[every] + heardAfter) / period) };
}
