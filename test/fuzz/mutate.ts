import { isObject } from '../../lambda/core/parsed.ts';
import type { Chance } from './chance.ts';

/** Fake keys as long as Upbit's; they are put into inputs, and no error message may repeat one. */
export const ACCESS_KEY = 'fakefuzzaccess00000000000000000000000001';
export const SECRET_KEY = 'fakefuzzsecret00000000000000000000000002';

/** Strings that have broken parsers. */
export const ODD_TEXTS = [
  '',
  ' ',
  '0',
  '-0',
  '-1',
  '1e-8',
  '1e999999999',
  '1e-999999999',
  '1E+400',
  '9'.repeat(38),
  '9'.repeat(39),
  '1'.repeat(200),
  '0'.repeat(201),
  `0.${'0'.repeat(129)}1`,
  'NaN',
  'Infinity',
  '0x10',
  '1,000',
  '.5',
  '5.',
  '+5',
  '１',
  '٣',
  'null',
  'true',
  '__proto__',
  'constructor',
  'toString',
  'hasOwnProperty',
  'sg',
  'SG',
  'sg/main',
  'sg/#catalog',
  '#catalog',
  '../x',
  'sg%2e',
  'ѕg',
  '\u0000',
  '\ud800',
  '\udc00x',
  '\ufeff',
  '\u202e',
  '💰',
  '한국어',
  'é',
  '\r\n',
  '"',
  '\\',
  '<img onerror>',
  '2026-11-22T06:00:00Z',
  '2026-02-30T06:00:00Z',
  '9999-12-31T23:59:59Z',
  '0000-01-01T00:00:00Z',
  '+275760-09-13T00:00:00.000Z',
  'x'.repeat(64),
  'x'.repeat(65),
  'x'.repeat(300),
  ACCESS_KEY,
  SECRET_KEY,
  `"${ACCESS_KEY}"`,
  `${SECRET_KEY}\n`,
] as const;

/** JSON values of an unexpected type. */
const ODD_VALUES: readonly [unknown, ...unknown[]] = [
  null,
  true,
  false,
  0,
  -1,
  0.1,
  1e308,
  Number.MAX_SAFE_INTEGER + 2,
  [],
  {},
  [[]],
  [null],
  { a: 1 },
  { length: 1 },
  { S: 'x' },
  [ACCESS_KEY],
  { key: SECRET_KEY },
  ...ODD_TEXTS,
];

/** A JSON value with one change: a value replaced, a name changed, a field removed, doubled, or added. */
export function mutateTree(chance: Chance, value: unknown): unknown {
  if (Array.isArray(value) && value.length > 0 && !chance.oneIn(6)) return mutateArray(chance, value);
  if (isObject(value) && Object.keys(value).length > 0 && !chance.oneIn(8))
    return mutateObject(chance, value);
  return typeof value === 'string' && chance.oneIn(2) ? mutateText(chance, value) : oddValue(chance);
}

function mutateArray(chance: Chance, value: readonly unknown[]): unknown[] {
  const copy = [...value];
  const index = chance.below(copy.length);
  const roll = chance.below(8);
  if (roll === 0) copy.splice(index, 1);
  else if (roll === 1) copy.splice(index, 0, copy[chance.below(copy.length)]);
  else copy[index] = mutateTree(chance, copy[index]);
  return copy;
}

function mutateObject(chance: Chance, value: Readonly<Record<string, unknown>>): unknown {
  const fields = Object.entries(value);
  const index = chance.below(fields.length);
  const [name, inner] = fields[index] ?? ['', undefined];
  const roll = chance.below(12);
  if (roll === 0) fields.splice(index, 1);
  else if (roll === 1) fields[index] = [oddText(chance), inner];
  else if (roll === 2) fields.push([oddText(chance), oddValue(chance)]);
  else if (roll === 3) fields.push([chance.oneIn(2) ? name.toUpperCase() : ` ${name}`, inner]);
  else fields[index] = [name, mutateTree(chance, inner)];
  // Not a literal, which would set the prototype if a name is `__proto__`.
  return Object.fromEntries(fields);
}

export function oddValue(chance: Chance): unknown {
  return chance.pick(ODD_VALUES);
}

export function oddText(chance: Chance): string {
  return chance.oneIn(4)
    ? chance.times(chance.below(12), () => anyCharacter(chance)).join('')
    : chance.pick(ODD_TEXTS);
}

function anyCharacter(chance: Chance): string {
  const below = chance.pick([0x80, 0x80, 0x100, 0x3000, 0x110000]);
  return String.fromCodePoint(chance.below(below));
}

/** A string with a character or a run changed, removed or doubled, or a piece of another inserted. */
export function mutateText(chance: Chance, text: string): string {
  const begin = chance.below(text.length + 1);
  const end =
    begin + (chance.oneIn(3) ? chance.below(text.length - begin + 1) : Math.min(1, text.length - begin));
  const run = text.slice(begin, end);
  const instead = chance.pick([
    () => '',
    () => run + run,
    () => anyCharacter(chance),
    () => oddText(chance),
    () =>
      chance.pick([
        'e',
        'E',
        '.',
        '-',
        '0',
        '9',
        ':',
        'Z',
        'T',
        '/',
        '"',
        '{',
        '}',
        '[',
        ']',
        ',',
        '\\u0000',
      ]),
    () => run.repeat(chance.below(20)),
  ])();
  return text.slice(0, begin) + instead + text.slice(end);
}

/** Bytes with bits flipped, cut off, or a run doubled: mostly no longer valid UTF-8. */
export function mutateBytes(chance: Chance, bytes: Buffer): Buffer {
  if (chance.oneIn(4)) return bytes.subarray(0, chance.below(bytes.length + 1));
  if (chance.oneIn(4)) {
    const begin = chance.below(bytes.length + 1);
    return Buffer.concat([bytes.subarray(0, begin), bytes.subarray(chance.below(bytes.length + 1))]);
  }
  const copy = Buffer.from(bytes);
  for (let flip = chance.below(3); flip >= 0 && copy.length > 0; flip -= 1) {
    const index = chance.below(copy.length);
    copy[index] = (copy[index] ?? 0) ^ (1 << chance.below(8));
  }
  return copy;
}

/** The JSON of a value after a number of changes; now and then its text or bytes are changed as well. */
export function mutatedJson(chance: Chance, value: unknown, most = 3): Buffer {
  let changed = value;
  for (let change = chance.below(most + 1); change > 0; change -= 1) changed = mutateTree(chance, changed);
  const text = JSON.stringify(changed) ?? '';
  if (!chance.oneIn(4)) return Buffer.from(text);
  return chance.oneIn(2) ? Buffer.from(mutateText(chance, text)) : mutateBytes(chance, Buffer.from(text));
}
