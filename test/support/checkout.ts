import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isObject } from '../../lambda/core/parsed.ts';

/** The root of the checkout. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** The TypeScript files of a folder and all below it, as paths from the root. */
export function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.endsWith('.ts'))
    .map((path) => `${folder}/${path}`);
}

/** The text of a file, by its path from the root. */
export function readText(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** A JSON file, by its path from the root. Throws if it is not JSON, or not an object. */
export function readJson(path: string): Readonly<Record<string, unknown>> {
  return objectOf(JSON.parse(readText(path)));
}

/** The value as an object. Throws if it is not one. */
export function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new TypeError(`${JSON.stringify(value)} is not an object`);
  return value;
}
