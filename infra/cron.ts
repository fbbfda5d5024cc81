import { HOUR, MINUTE } from '../lambda/core/instant.ts';
import { CADENCES, type Cadence } from '../lambda/core/slots.ts';

/** At 01:00 of every day: the earliest time at which the day before has been over for the hour that the sealer waits. */
export const SEALING_CRON = 'cron(0 1 * * ? *)';

/**
 * The cron expression whose firing times, read in the grid's time zone, are exactly the grid's slots.
 * Six fields, as EventBridge Scheduler requires:
 * docs.aws.amazon.com/scheduler/latest/UserGuide/schedule-types.html#cron-based
 */
export function cronExpression(every: Cadence): string {
  const minutes = CADENCES[every] / MINUTE;
  const hours = CADENCES[every] / HOUR;
  if (hours >= 24) return 'cron(0 0 * * ? *)';
  if (hours > 1) return `cron(0 0/${hours} * * ? *)`;
  if (hours === 1) return 'cron(0 * * * ? *)';
  return minutes > 1 ? `cron(0/${minutes} * * * ? *)` : 'cron(* * * * ? *)';
}
