/** A value in DynamoDB's low-level format; only the kinds this table uses. */
export interface StoredValue {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly B?: Uint8Array | undefined;
  readonly SS?: string[] | undefined;
  readonly M?: Record<string, StoredValue> | undefined;
}
export type StoredItem = Record<string, StoredValue>;

/** What {@link encodeItem} writes: each value of exactly one kind. */
export type EncodedValue =
  | { S: string }
  | { N: string }
  | { BOOL: boolean }
  | { B: Uint8Array }
  | { SS: string[] }
  | { M: Record<string, EncodedValue> };
export type EncodedItem = Record<string, EncodedValue>;

/** DynamoDB's limit for one item, including attribute names, in bytes. */
export const MAX_ITEM_BYTES = 400 * 1024;

/**
 * An item's size in bytes as DynamoDB counts it, never an underestimate: names and text in UTF-8; a number one byte plus
 * one for every two digits, including sign and rounding; a map 3 bytes plus one for each entry.
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html
 */
export function itemBytes(item: EncodedItem): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + utf8Bytes(name) + valueBytes(value), 0);
}

function valueBytes(value: EncodedValue): number {
  if ('S' in value) return utf8Bytes(value.S);
  if ('N' in value) return Math.ceil(value.N.replace(/[-.]/g, '').replace(/^0+|0+$/g, '').length / 2) + 2;
  if ('SS' in value) return value.SS.reduce((sum, text) => sum + utf8Bytes(text), 0);
  if ('BOOL' in value) return 1;
  if ('B' in value) return value.B.byteLength;
  return Object.entries(value.M).reduce(
    (sum, [name, inner]) => sum + 1 + utf8Bytes(name) + valueBytes(inner),
    3,
  );
}

/** Counts without encoding, because TextEncoder would copy the text. */
function utf8Bytes(text: string): number {
  let bytes = 0;
  for (const character of text) {
    const point = character.codePointAt(0) ?? 0;
    bytes += point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;
  }
  return bytes;
}
