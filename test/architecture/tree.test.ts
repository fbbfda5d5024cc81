import { existsSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ROOT, readText, sources } from '../support/checkout.ts';

const PRODUCT = ['cli', 'infra', 'lambda'];
const FOLDERS = [...PRODUCT, 'test'];

describe('the tree', () => {
  test('has code in no other top-level folder', () => {
    const ignored = readText('.gitignore').split('\n');
    const others = readdirSync(ROOT, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .filter((name) => !FOLDERS.includes(name) && !ignored.includes(`${name}/`));
    expect(others.filter((folder) => sources(folder).length > 0)).toEqual([]);
  });

  test('has no file with a name that says nothing', () => {
    const names = FOLDERS.flatMap(sources).map((path) => basename(path, '.ts'));
    expect(names.filter((name) => /^(utils?|types?|helpers?|common|misc|index)$/.test(name))).toEqual([]);
  });

  // What crosses the tree is in test/system, and what tests only use is in test/support.
  test('is mirrored under test: each test has the path of the file it tests', () => {
    const tests = PRODUCT.flatMap((folder) => sources(`test/${folder}`));
    const sourceOf = (path: string) => path.replace(/^test\//, '').replace(/\.(test|slow)\.ts$/, '.ts');
    expect(tests.length).toBeGreaterThan(80);
    expect(tests.filter((path) => !existsSync(join(ROOT, sourceOf(path))))).toEqual([]);
  });
});

describe('CONTRIBUTING.md', () => {
  const text = readText('CONTRIBUTING.md');
  const table = text.slice(text.indexOf('| to change | go to |')).split('\n\n')[0] ?? '';
  const paths = [...table.matchAll(/`([a-z][\w./-]*\/[\w./-]+)`/g)].map(([, path = '']) => path);

  test('leads to files and folders that exist', () => {
    expect(paths.length).toBeGreaterThan(20);
    expect(paths.filter((path) => !existsSync(join(ROOT, path)))).toEqual([]);
  });

  test('leads to every folder of the product', () => {
    const folders = new Set(PRODUCT.flatMap(sources).map((path) => dirname(path)));
    const unnamed = [...folders].filter(
      (folder) => !paths.some((path) => path === folder || path.startsWith(`${folder}/`)),
    );
    expect(unnamed).toEqual([]);
  });

  test('fits one screen of tables and a page of rules', () => {
    expect(text.split('\n').length).toBeLessThan(80);
  });
});
