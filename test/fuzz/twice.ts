import { isObject } from '../../lambda/core/parsed.ts';
import type { Chance } from './chance.ts';

const STRING = /"(?:[^"\\]|\\.)*"/g;
/** A member of an object whose value is not an object or an array, after a brace or a comma. */
const MEMBER = /([{,])("(?:[^"\\]|\\.)*":(?:"(?:[^"\\]|\\.)*"|[^\s"{}[\]:,]+))/g;
/** The first member of an object of objects. */
const BLOCK = /([{,])("[\w-]*":\{(?:[^{}]|\{[^{}]*\})*\})/g;

/** JSON text in which a member appears twice, with an equal value or another; the text itself if it has none. */
export function doubled(chance: Chance, json: string): string {
  const members = [...json.matchAll(chance.oneIn(2) ? MEMBER : BLOCK)];
  const [all, before = '', member = ''] = members[chance.below(Math.max(1, members.length))] ?? [];
  if (all === undefined) return json;
  const other = chance.oneIn(2) ? member : member.replace(/(:.*?)([a-z0-9])/i, '$1x');
  return json.replace(all, () => `${before}${other},${member}`);
}

/** True if some member of an object in the JSON text appears twice: it has more members than can be read from it. */
export function hasTwice(json: string): boolean {
  return json.replace(STRING, '').split(':').length - 1 !== members(JSON.parse(json));
}

function members(value: unknown): number {
  const inner = Array.isArray(value) ? value : isObject(value) ? Object.values(value) : [];
  const own = isObject(value) ? inner.length : 0;
  return inner.reduce((sum: number, each: unknown) => sum + members(each), own);
}
