/**
 * The last place for which something holds, by bisection; -1 if there is none.
 *
 * @param holds true up to some place, and false after it.
 */
export function lastUpTo(length: number, holds: (place: number) => boolean): number {
  let [low, high] = [0, length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds(middle)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}
