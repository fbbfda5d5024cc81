/** Compares text by UTF-16 code units: the same order on every machine, regardless of locale. */
export function byCodeOrder(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
