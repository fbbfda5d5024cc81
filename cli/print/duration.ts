import { DAY, HOUR, MINUTE, SECOND } from '../../lambda/core/instant.ts';

const UNITS = [
  ['d', DAY],
  ['h', HOUR],
  ['min', MINUTE],
  ['s', SECOND],
] as const;

/** A duration in its two largest units, rounded down: `2 h 5 min`, `3 d`, `45 s`. */
export function formatDuration(milliseconds: number): string {
  let left = Math.max(0, milliseconds);
  const parts = UNITS.map(([name, unit]) => {
    const count = Math.floor(left / unit);
    left -= count * unit;
    return { name, count };
  });
  const first = parts.findIndex(({ count }) => count > 0);
  if (first === -1) return 'less than 1 s';
  return parts
    .slice(first, first + 2)
    .filter(({ count }) => count > 0)
    .map(({ name, count }) => `${count} ${name}`)
    .join(' ');
}
