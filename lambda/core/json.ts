import { type Node, parseTree, visit } from 'jsonc-parser';
import { type Parsed, Twice } from './parsed.ts';

/**
 * Parses JSON text from outside. JSON lets a member stand twice in an object and does not say which one counts; JSON.parse
 * takes the last, so a currency or an account could be lost without a word. Here such a member has the value {@link Twice},
 * even if its values are equal, and its reader rejects it where it stands. Otherwise the value is that of JSON.parse.
 *
 * Text that nests deeper than the stack allows (thousands of levels) counts as text that is not JSON.
 */
export function parseJson(text: string): Parsed<unknown> {
  try {
    // JSON.parse decides what is JSON: the other parser also accepts comments and missing commas.
    const value: unknown = JSON.parse(text);
    return { value: hasTwice(text) ? treeValue(parseTree(text)) : value };
  } catch (error) {
    // The error's own message quotes the text, so it is not kept, not even as a cause.
    if (error instanceof SyntaxError || error instanceof RangeError) return { problem: 'it is not JSON' };
    throw error;
  }
}

// Stryker disable all: it only chooses the faster of two ways with the same value; where it misses one, json.test.ts shows it.
/** True if any object in the text has two members of the same name. It must be JSON. */
function hasTwice(text: string): boolean {
  const open: Set<string>[] = [];
  let found = false;
  visit(text, {
    onObjectBegin: () => {
      open.push(new Set());
    },
    onObjectProperty: (name) => {
      const names = open.at(-1);
      if (names?.has(name) === true) found = true;
      names?.add(name);
    },
    onObjectEnd: () => {
      open.pop();
    },
  });
  return found;
}
// Stryker restore all

function treeValue(node: Node | undefined): unknown {
  const parts = node?.children ?? [];
  if (node?.type === 'array') return parts.map(treeValue);
  if (node?.type !== 'object') return node?.value;
  const members = new Map<string, unknown[]>();
  for (const { children: [name, value] = [] } of parts) {
    const key = String(name?.value);
    const values = members.get(key);
    if (values === undefined) members.set(key, [treeValue(value)]);
    else values.push(treeValue(value));
  }
  return Object.fromEntries(
    Array.from(members, ([key, values]) => [key, values.length === 1 ? values[0] : new Twice(values)]),
  );
}
