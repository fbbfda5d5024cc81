import { readFileSync } from 'node:fs';
import { CodedError } from '../../lambda/core/error.ts';
import { isObject } from '../../lambda/core/parsed.ts';

export type Context = Readonly<Record<string, unknown>>;

/**
 * The context a deploy has: that of the project's `cdk.json`, and over it what is given as `-c key=value`.
 *
 * @throws CodedError `file.invalid` where the file is of no use.
 */
export function readContext(file: URL, overrides: Context): Context {
  const settings = parseJson(file);
  const context = isObject(settings) ? (settings['context'] ?? {}) : undefined;
  if (!isObject(context)) throw new CodedError('file.invalid', 'cdk.json has no context that is an object');
  return { ...context, ...overrides };
}

function parseJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CodedError('file.invalid', 'cdk.json cannot be read as JSON', { cause });
  }
}

/** Adds one `key=value` to those before it; of the same key the last holds. Undefined where it is not of that form. */
export function withOverride(text: string, before: Context = {}): Context | undefined {
  const sign = text.indexOf('=');
  return sign < 1 ? undefined : { ...before, [text.slice(0, sign)]: text.slice(sign + 1) };
}
