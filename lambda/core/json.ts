import { type Node, parseTree } from 'jsonc-parser';
import { type Parsed, Twice } from './parsed.ts';

/**
 * Parses JSON text from outside. JSON lets a member appear twice in an object and does not say which one counts; JSON.parse
 * takes the last, so a currency or an account could be lost without a word. Here such a member has the value {@link Twice},
 * even if its values are equal, and its reader rejects it there. Otherwise the value is that of JSON.parse.
 *
 * Text that nests deeper than the stack allows (thousands of levels) counts as text that is not JSON.
 */
export function parseJson(text: string): Parsed<unknown> {
  return unlessNotJson(() => readJson(text));
}

/** A string or a number of a JSON text. */
const STRING_OR_NUMBER = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*/g;

/**
 * {@link parseJson}, with every number as its text: a JavaScript number would have only about 16 of its digits. Text and
 * numbers can then no longer be told apart.
 */
export function parseJsonWithExactNumbers(text: string): Parsed<unknown> {
  return unlessNotJson(() => {
    // First, because in text that is not JSON the search below would start again at every quote: 160 KB took 17 s.
    JSON.parse(text);
    return readJson(
      text.replace(STRING_OR_NUMBER, (found) => (found.startsWith('"') ? found : `"${found}"`)),
    );
  });
}

function readJson(text: string): unknown {
  // JSON.parse decides what is JSON: the other parser also accepts comments and missing commas.
  const value: unknown = JSON.parse(text);
  const tree = hasTwice(text, value) ? parseTree(text) : undefined;
  return tree === undefined ? value : treeValue(tree);
}

function unlessNotJson(read: () => unknown): Parsed<unknown> {
  try {
    return { value: read() };
  } catch (error) {
    // The error's own message quotes the text, so it is not kept, not even as a cause.
    if (error instanceof SyntaxError || error instanceof RangeError) return { problem: 'it is not JSON' };
    throw error;
  }
}

/**
 * True if an object in the text has two members of the same name: `value`, as JSON.parse reads it, then has fewer members.
 *
 * @internal exported for its test: without it every value would be right too, but take three times as long.
 */
export function hasTwice(text: string, value: unknown): boolean {
  return membersIn(text) !== membersOf(value);
}

/** A string of a JSON text. Outside strings, a colon appears only after the name of a member. */
const STRING = /"(?:[^"\\]|\\.)*"/g;

/** How many members a JSON text has. */
function membersIn(text: string): number {
  return text.replace(STRING, '').split(':').length - 1;
}

/** How many members a parsed value has. */
function membersOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0;
  const parts: readonly unknown[] = Object.values(value);
  return parts.reduce<number>((sum, part) => sum + membersOf(part), Array.isArray(value) ? 0 : parts.length);
}

function treeValue({ type, value: plain, children: parts = [] }: Node): unknown {
  if (type === 'array') return parts.map(treeValue);
  if (type !== 'object') return plain;
  const members = new Map<string, unknown[]>();
  for (const { children: [name, value] = [] } of parts) {
    if (name === undefined || value === undefined) continue;
    const key = String(name.value);
    const values = members.get(key);
    if (values === undefined) members.set(key, [treeValue(value)]);
    else values.push(treeValue(value));
  }
  return Object.fromEntries(
    Array.from(members, ([key, values]) => [key, values.length === 1 ? values[0] : new Twice(values)]),
  );
}
