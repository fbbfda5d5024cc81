import type { UpbitAnswer } from './http-answer.ts';

// What a machine between this host and Upbit answered (a gateway's page, a proxy's refusal, a cut body), in a few words
// that may be stored and logged. Such a machine has seen our token and may repeat it in any encoding, so words are shown
// only if they look like words: a key or a token has 40 characters or more, digits, or letters in mixed case.

/** How much of the body is examined, in bytes. */
const BYTES_READ = 2_048;
/** How many characters of it are shown. */
const MAX_SHOWN = 80;
/** A word, or a part of one, with so many letters may be a piece of a key if the key contains it. */
const PIECE_OF_KEY = 4;
const NOT_SHOWN = '…';

/** Tags, comments, scripts, styles and escapes of an HTML page, even if it is cut inside of one. */
const MARKUP = /<(script|style)\b.*?(?:<\/\1\s*>|$)|<!--.*?(?:-->|$)|<[^<>]*>|&#?\w{1,10};/gis;
/** White space, and the punctuation of sentences and of JSON. */
const SEPARATORS = /[\s"“”{}[\](),;:|]+/;
/** A word of a sentence in any language, without digits and not in mixed case. */
const WORD =
  /^(?:[aAI]|\p{Lu}\p{Ll}{1,14}(?:['’]\p{Ll}{1,2})?|\p{Ll}{2,15}(?:['’]\p{Ll}{1,2})?|\p{Lu}{2,15}|\p{Lo}[\p{Lo}\p{M}]{0,29})[.!?]{0,3}$/u;
/** The name of a server: `nginx`, `AmazonS3`, `Microsoft-Azure-Application-Gateway`. */
const PRODUCT = /^[A-Za-z]{2,15}\d{0,2}(?:-[A-Za-z]{2,15}){0,3}$/;

/**
 * Says that something other than Upbit answered, and what: the status, the server's name without its version, and the
 * first words of the body (80 characters at most), without any part of `secrets`.
 */
export function describeInBetween({ status, server, body }: UpbitAnswer, secrets: readonly string[]): string {
  const name = productName(server, secrets);
  const words = firstWords(body, secrets);
  return `Upbit’s own answer did not arrive: something in front of it sent ${status}${
    name === '' ? '' : `, server ${name}`
  }, ${words === '' ? 'no readable text' : `“${words}”`}`;
}

function productName(server: string | null, secrets: readonly string[]): string {
  const [name = ''] = (server ?? '').split(/[\s/()]/);
  return PRODUCT.test(name) && !isPieceOfAny(name, secrets) ? name : '';
}

function firstWords(body: Uint8Array | undefined, secrets: readonly string[]): string {
  // Other forms of the same letters, such as full-width ones, become the usual ones.
  const text = new TextDecoder().decode(body?.subarray(0, BYTES_READ)).normalize('NFKC');
  let shown = '';
  for (const word of text.replace(MARKUP, ' ').split(SEPARATORS)) {
    if (word === '') continue;
    const next = WORD.test(word) && !isPieceOfAny(word, secrets) ? word : NOT_SHOWN;
    if (next === NOT_SHOWN && (shown === '' || shown.endsWith(NOT_SHOWN))) continue;
    if (shown.length + 1 + next.length > MAX_SHOWN) break;
    shown += shown === '' ? next : ` ${next}`;
  }
  const letters = plain(shown);
  return secrets.some((secret) => plain(secret) !== '' && letters.includes(plain(secret))) ? '' : shown;
}

function isPieceOfAny(word: string, secrets: readonly string[]): boolean {
  const letters = plain(word);
  return secrets.some((secret) => {
    const key = plain(secret);
    return key !== '' && (letters.includes(key) || (letters.length >= PIECE_OF_KEY && key.includes(letters)));
  });
}

/** Letters and digits only, so that a key is found whatever separates its parts. */
function plain(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}
