import { MINUTE } from '../lambda/core/instant.ts';
import { CADENCES, type Cadence, SETTLING, tolerance } from '../lambda/core/slots.ts';

/** How long there has been no sign of the collector: `periods` × `period` milliseconds. */
export interface Silence {
  readonly period: number;
  readonly periods: number;
}

/** From the end of a run until CloudWatch has extracted the metric from its log. */
const DELIVERY = MINUTE;
/** Periods per cadence, if that gives whole minutes: an alarm a sixth of a slot late is soon enough. */
const PERIODS = 6;

/**
 * The silence that means two consecutive slots had no run: two cadences, plus the time until a run's metric can arrive,
 * so that a missed slot next to a slow run does not count as two.
 *
 * Within CloudWatch's limits: whole minutes; at most a day with periods below an hour, else seven days.
 * docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
 */
export function silenceOfTwoSlots(every: Cadence): Silence {
  const metricDelay = tolerance(every) + SETTLING + DELIVERY;
  const period = Math.max(MINUTE, Math.floor(CADENCES[every] / PERIODS / MINUTE) * MINUTE);
  return { period, periods: Math.ceil((2 * CADENCES[every] + metricDelay) / period) };
}
