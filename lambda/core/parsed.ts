/**
 * The result of parsing external input: the checked value, or one sentence that says what is wrong (with its path) and
 * what is allowed. A problem never quotes a value that may be secret.
 */
export type Parsed<T> =
  | { readonly value: T; readonly problem?: never }
  | { readonly problem: string; readonly value?: never };

/**
 * The value of a member that appears twice or more in its JSON object, with each of its values in order: which one was meant
 * is unknown, so none may be chosen. `json.ts` makes them.
 */
export class Twice {
  readonly values: readonly unknown[];

  constructor(values: readonly unknown[]) {
    this.values = values;
  }
}

/** True for a plain JSON object: not null, not an array, and not a member that appears twice. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Twice);
}

/** The kind of a JSON value, for a message that must not show the value itself. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'an array';
  if (value === undefined) return 'nothing';
  if (value instanceof Twice) return 'given twice';
  return typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}
