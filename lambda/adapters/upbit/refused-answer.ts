import type { RefusedAnswer } from '../../core/verdict.ts';

// What is kept of an answer that this version cannot accept, so that a later version, or a person, can read it. It is stored,
// and Upbit may repeat what we sent, in any encoding: no key may be left in it.

/** The most of an answer that is kept, in bytes of UTF-8. */
const MOST_BYTES = 64 * 1024;
/** How much more is examined, in characters: a key that begins before the cut is blanked wherever it ends. */
const MARGIN = 16 * 1024;
/** What stands in place of a key. */
const BLANK = '***';

/** A string with its quotes, or a number or a word. The last string may have no end, if it is cut. */
const SCALAR = /"(?:[^"\\]|\\.)*"?|[^\s"{}[\]:,]+/g;
/** No JSON Web Token is shorter: its header alone is longer. */
const SHORTEST_TOKEN = 20;
/** A JSON Web Token, ours or another. */
const TOKEN = String.raw`(?<![\w-])eyJ[\w-]+\.[\w-]+\.[\w-]*`;

/**
 * Prepares an answer for storage: each of `secrets` and every token in it is replaced by `***`, and it is cut to 64 KB, at a
 * character. A string that contains a secret in another encoding (base64, hex, percent, HTML or JSON escapes, in any nesting
 * of four) becomes `***` as a whole. Upper and lower case are not told apart. The time it takes is bounded, whatever is sent.
 *
 * @param json the answer, which must be JSON.
 */
export function refusedAnswer(json: string, secrets: readonly string[]): RefusedAnswer {
  const wanted = secrets.filter((secret) => secret !== '').map((secret) => secret.toLowerCase());
  const plain = new RegExp([TOKEN, ...wanted.map(escaped)].join('|'), 'gi');
  const shortest = Math.min(SHORTEST_TOKEN, ...wanted.map((secret) => secret.length));
  const examined = json.slice(0, MOST_BYTES + MARGIN);
  let text = '';
  let end = 0;
  for (const { 0: scalar, index } of examined.matchAll(SCALAR)) {
    if (index >= MOST_BYTES) break;
    // No encoding makes a key shorter.
    const kept = scalar.length < shortest ? scalar : blanked(scalar, plain, wanted);
    text += examined.slice(end, index) + kept.slice(0, MOST_BYTES - index);
    end = index + scalar.length;
  }
  text += examined.slice(end, MOST_BYTES);
  const { read } = new TextEncoder().encodeInto(text, new Uint8Array(MOST_BYTES));
  return { text: text.slice(0, read), isCut: json.length > MOST_BYTES || read < text.length };
}

function blanked(scalar: string, plain: RegExp, secrets: readonly string[]): string {
  const clean = scalar.replace(plain, BLANK);
  if (conceals(clean, secrets)) return JSON.stringify(BLANK);
  return clean === scalar || clean.startsWith('"') ? clean : JSON.stringify(clean);
}

/** The text as the source of a regular expression. */
function escaped(text: string): string {
  return text.replace(/\W/g, '\\$&');
}

/** How deep encodings may be nested: a key in a token, in a URL, in a JSON text. */
const LAYERS = 4;
/** Shorter runs cannot hold a key. */
const BASE64_RUN = /[A-Za-z0-9+/_-]{16,}/g;
const HEX_RUN = /(?:[0-9a-f]{2}){12,}/gi;

/** True if the text, or anything that it may decode to, contains one of the secrets, which are in lower case. */
function conceals(text: string, secrets: readonly string[], layers = LAYERS): boolean {
  const lower = text.toLowerCase();
  if (secrets.some((secret) => lower.includes(secret))) return true;
  return layers > 0 && decodings(text).some((inner) => conceals(inner, secrets, layers - 1));
}

function decodings(text: string): string[] {
  return [
    ...(/[%\\&]/.test(text) ? [unescaped(text)] : []),
    // The alignment of a piece of base64 is not known; it repeats after four characters.
    ...(text.match(BASE64_RUN) ?? []).flatMap((run) =>
      [0, 1, 2, 3].map((begin) => Buffer.from(run.slice(begin), 'base64').toString('latin1')),
    ),
    ...(text.match(HEX_RUN) ?? []).map((run) => Buffer.from(run, 'hex').toString('latin1')),
  ];
}

function unescaped(text: string): string {
  return text
    .replace(/(?:%[0-9a-f]{2})+/gi, (bytes) => Buffer.from(bytes.replaceAll('%', ''), 'hex').toString())
    .replace(/\\{1,16}u([0-9a-f]{4})|\\{1,16}x([0-9a-f]{2})|&#x([0-9a-f]{1,4});/gi, (_, ...units: string[]) =>
      String.fromCharCode(Number.parseInt(units.find(Boolean) ?? '', 16)),
    )
    .replace(/&#(\d{1,5});/g, (_, unit: string) => String.fromCharCode(Number(unit)))
    .replace(/\\{1,16}([/"'])/g, '$1')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');
}
