import type { Instant } from '../../lambda/core/instant.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';

/** Minutes since local midnight, by the platform's time zone data, not ours. */
export function localMinutes(timeZone: TimeZone): (instant: Instant) => number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    hour: '2-digit',
    minute: '2-digit',
  });
  return (instant) => {
    const text = format.format(instant);
    return Number(text.slice(0, 2)) * 60 + Number(text.slice(3, 5));
  };
}
