import { readFileSync } from 'node:fs';
import { CodedError } from '../../lambda/core/error.ts';
import { isObject } from '../../lambda/core/parsed.ts';

export type Context = Readonly<Record<string, unknown>>;

/**
 * The context of a deploy: the one in the project's `cdk.json`, overridden by `-c key=value`.
 *
 * @throws CodedError `file.invalid` if the file is unusable.
 */
export function readContext(file: URL, overrides: Context): Context {
  const settings = parseJson(file);
  const context = isObject(settings) ? (settings['context'] ?? {}) : undefined;
  if (!isObject(context)) throw new CodedError('file.invalid', 'the context in cdk.json is not an object');
  return { ...context, ...overrides };
}

function parseJson(file: URL): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CodedError('file.invalid', 'cdk.json cannot be read as JSON', { cause });
  }
}

/** Adds one `key=value` to the earlier ones; the last value of a key wins. Undefined if it has another form. */
export function withOverride(text: string, before: Context = {}): Context | undefined {
  const sign = text.indexOf('=');
  return sign < 1 ? undefined : { ...before, [text.slice(0, sign)]: text.slice(sign + 1) };
}
