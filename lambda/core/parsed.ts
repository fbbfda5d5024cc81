/**
 * The result of parsing external input: the checked value, or one sentence that says what is wrong (with its path) and
 * what is allowed. A problem never quotes a value that may be secret.
 */
export type Parsed<T> =
  | { readonly value: T; readonly problem?: never }
  | { readonly problem: string; readonly value?: never };

/** True for a plain JSON object: not null and not an array. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The kind of a JSON value, for a message that must not show the value itself. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value === undefined) return 'nothing';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
