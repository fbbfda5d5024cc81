import { formatDecimal, parseDecimal } from './decimal.ts';
import { byCodeOrder } from './order.ts';

/** A value as JSON has it, without numbers: amounts are text. */
export type Plain = string | boolean | null | readonly Plain[] | { readonly [name: string]: Plain };

/**
 * The canonical JSON of a value, as RFC 8785 defines it: no white space, members in the order of their names' UTF-16 code
 * units, text escaped as ECMAScript does. Equal values have equal text, whoever writes it.
 */
export function canonicalJson(value: Plain): string {
  if (isList(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .sort(([a], [b]) => byCodeOrder(a, b))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}

/** Whether a value is a list. */
export function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** A value as DynamoDB stores it, of any kind: an item of a later version may have kinds that this one does not write. */
export interface AnyStored {
  readonly S?: string | undefined;
  readonly N?: string | undefined;
  readonly BOOL?: boolean | undefined;
  readonly NULL?: boolean | undefined;
  readonly B?: Uint8Array | undefined;
  readonly SS?: readonly string[] | undefined;
  readonly NS?: readonly string[] | undefined;
  readonly BS?: readonly Uint8Array[] | undefined;
  readonly L?: readonly AnyStored[] | undefined;
  readonly M?: Readonly<Record<string, AnyStored>> | undefined;
}

/**
 * A stored item as plain values: a number as plain decimal text, bytes as base64, a set as a sorted list, everything else as it
 * is. A store may return a number with an exponent, and a set in any order: here they are always the same.
 */
export function plainItem(item: Readonly<Record<string, AnyStored>>): Plain {
  return Object.fromEntries(Object.entries(item).map(([name, value]) => [name, plainValue(value)]));
}

function plainValue({ S, N, BOOL, B, SS, NS, BS, L, M }: AnyStored): Plain {
  if (S !== undefined) return S;
  if (N !== undefined) return plainNumber(N);
  if (BOOL !== undefined) return BOOL;
  if (B !== undefined) return base64(B);
  if (SS !== undefined) return [...SS].sort(byCodeOrder);
  if (NS !== undefined) return NS.map(plainNumber).sort(byCodeOrder);
  if (BS !== undefined) return BS.map(base64).sort(byCodeOrder);
  if (L !== undefined) return L.map(plainValue);
  return M === undefined ? null : plainItem(M);
}

function plainNumber(text: string): string {
  const { value } = parseDecimal(text);
  return value === undefined ? text : formatDecimal(value);
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''));
}
