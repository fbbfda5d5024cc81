/**
 * A number from 0 (inclusive) to 1 (exclusive) that depends only on the text: the same at every call, on every machine,
 * regardless of earlier calls. FNV-1a, then two rounds of mixing so that similar texts differ.
 */
export function seeded(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** A whole number from 0 to `count` − 1, by {@link seeded}. */
export function seededBelow(count: number, text: string): number {
  return Math.floor(seeded(text) * count);
}
