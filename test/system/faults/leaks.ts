import { inspect } from 'node:util';

/** How deep encodings may be nested: a key in a token, in a URL, in a JSON text. */
const LAYERS = 4;
/** Shorter runs cannot hold a key. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}/g;
const HEX_RUN = /(?:[0-9a-f]{2}){12,}/gi;

/**
 * The secrets found in a text: as they are, in either case, in base64 or base64url at any alignment,
 * in hex, percent-encoded, with JSON or HTML escapes, in a JSON Web Token, and in any nesting of these.
 */
export function leaksIn(text: string, secrets: readonly string[]): string[] {
  const wanted = secrets.map((secret) => secret.toLowerCase());
  const found = new Set<string>();
  const seen = new Set<string>();
  const search = (view: string, layers: number) => {
    if (seen.has(view)) return;
    seen.add(view);
    const lower = view.toLowerCase();
    for (const secret of wanted) if (lower.includes(secret)) found.add(secret);
    if (layers > 0) for (const inner of decoded(view)) search(inner, layers - 1);
  };
  search(text, LAYERS);
  return secrets.filter((secret) => found.has(secret.toLowerCase()));
}

/** What a text may decode to. */
function* decoded(text: string): Generator<string> {
  const unescaped = text
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    .replace(/\\+u([0-9a-f]{4})/gi, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    .replace(/\\+x([0-9a-f]{2})/gi, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    .replace(/&#x([0-9a-f]{1,4});/gi, (_, unit: string) => String.fromCharCode(Number.parseInt(unit, 16)))
    .replace(/&#(\d{1,5});/g, (_, unit: string) => String.fromCharCode(Number(unit)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&')
    .replace(/\\+([/"'])/g, '$1');
  if (unescaped !== text) yield unescaped;
  for (const [run] of text.matchAll(BASE64_RUN)) {
    // The alignment of the encoding is not known; it repeats after four characters.
    for (let begin = 0; begin < 4; begin += 1)
      yield Buffer.from(run.slice(begin), 'base64').toString('latin1');
  }
  for (const [run] of text.matchAll(HEX_RUN)) yield Buffer.from(run, 'hex').toString('latin1');
}

/** Enough for an AWS SDK error with its response, headers and connection. */
const MAX_VALUES = 200_000;

/**
 * Everything that a value contains, as one text: its properties and their names at any depth, also those that
 * are not enumerable, symbols, getters and causes, the contents of maps, sets and buffers, and what Node prints.
 */
export function everythingIn(root: unknown): string {
  const texts: string[] = [inspect(root, { depth: 20, showHidden: true, getters: true })];
  const seen = new Set<object>();
  const queue: unknown[] = [root];
  for (let value = queue.pop(); value !== undefined || queue.length > 0; value = queue.pop()) {
    if (typeof value !== 'object' || value === null) {
      texts.push(String(value));
      continue;
    }
    if (seen.has(value)) continue;
    seen.add(value);
    if (seen.size > MAX_VALUES) throw new Error('the value is too large to search');
    if (ArrayBuffer.isView(value))
      texts.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('latin1'));
    else queue.push(...children(value));
  }
  return texts.join('\n');
}

function children(value: object): unknown[] {
  const found: unknown[] = [];
  if (value instanceof Map) for (const [key, held] of value) found.push(key, held);
  if (value instanceof Set) found.push(...value);
  for (
    let holder: object | null = value;
    holder !== null && holder !== Object.prototype;
    holder = Object.getPrototypeOf(holder)
  ) {
    for (const name of Reflect.ownKeys(holder)) {
      found.push(String(name));
      try {
        found.push(Reflect.get(holder, name, value));
      } catch {
        // A getter that throws reveals nothing.
      }
    }
  }
  return found.filter((child) => typeof child !== 'function');
}
