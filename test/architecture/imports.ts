import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';
import { isObject } from '../../lambda/core/parsed.ts';
import { ROOMS } from './rooms.ts';

/** One way a file depends on another. */
export interface Import {
  /** `type`: gone when it runs. `load`: `await import()`, while it runs. */
  readonly how: 'static' | 'type' | 'load';
  /** The quoted path; undefined if it is not a plain string. */
  readonly source: string | undefined;
}

/**
 * Everything a file imports or re-exports, in any form TypeScript has.
 *
 * @throws Error if the code cannot be parsed.
 */
export function importsOf(code: string): Import[] {
  const { program, errors } = parseSync('file.ts', code);
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('; '));
  const found: Import[] = [];
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) for (const one of node) visit(one);
    if (!isObject(node)) return;
    const source = isObject(node['source']) ? node['source']['value'] : undefined;
    const how = howOf(node);
    if (how !== undefined) found.push({ how, source: typeof source === 'string' ? source : undefined });
    for (const child of Object.values(node)) visit(child);
  };
  visit(program);
  return found;
}

function howOf(node: Readonly<Record<string, unknown>>): Import['how'] | undefined {
  switch (node['type']) {
    case 'ImportDeclaration':
      return node['importKind'] === 'type' ? 'type' : 'static';
    case 'ExportNamedDeclaration':
      if (!isObject(node['source'])) return undefined;
      return node['exportKind'] === 'type' ? 'type' : 'static';
    case 'ExportAllDeclaration':
      return node['exportKind'] === 'type' ? 'type' : 'static';
    case 'TSImportType':
      return 'type';
    case 'ImportExpression':
      return 'load';
    case 'TSImportEqualsDeclaration':
      return 'static';
    default:
      return undefined;
  }
}

/** The forbidden imports of a product file, each as a sentence. `path` is from the root. */
export function violations(path: string, code: string): string[] {
  const folder = posix.dirname(path);
  const room = ROOMS[folder];
  if (room === undefined) return [`${folder} has no entry in rooms.ts`];
  const { uses, knows = [], loads = [], packages } = room;
  return importsOf(code).flatMap(({ how, source }) => {
    if (source === undefined) return [`${path} imports something that is not a plain string`];
    const refused = `${path} may not import ${source} (${how})`;
    if (!source.startsWith('.')) return packages.some((name) => isOf(name, source)) ? [] : [refused];
    if (!/^(\.|(\.\.\/)*\.\.)\/[a-z0-9-]+(\/[a-z0-9-]+)*\.ts$/.test(source))
      return [`${path} does not name ${source} plainly`];
    const target = posix.join(folder, source);
    const isIn = (names: readonly string[]) =>
      names.includes(target) || names.includes(posix.dirname(target));
    const isAllowed =
      isIn([folder, ...uses]) ||
      (how === 'type' && isIn([...knows, ...loads])) ||
      (how === 'load' && isIn(loads));
    return isAllowed ? [] : [refused];
  });
}

function isOf(name: string, source: string): boolean {
  return name === 'node:' ? source.startsWith(name) : source === name || source.startsWith(`${name}/`);
}

/** The import cycles among these files, types included: each a path that ends where it began. `files`: code by path. */
export function circles(files: ReadonlyMap<string, string>): string[][] {
  const targets = new Map(
    [...files].map(([path, code]) => [
      path,
      importsOf(code).flatMap(({ source }) =>
        source?.startsWith('.') ? [posix.join(posix.dirname(path), source)] : [],
      ),
    ]),
  );
  const found: string[][] = [];
  const done = new Set<string>();
  const walk = (path: string, trail: readonly string[]): void => {
    if (trail.includes(path)) found.push([...trail.slice(trail.indexOf(path)), path]);
    if (trail.includes(path) || done.has(path)) return;
    for (const target of targets.get(path) ?? []) walk(target, [...trail, path]);
    done.add(path);
  };
  for (const path of files.keys()) walk(path, []);
  return found;
}
