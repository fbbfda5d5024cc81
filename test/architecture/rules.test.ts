import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { objectOf, ROOT, readJson } from '../support/checkout.ts';
import { garden } from './planted.ts';

const breaking = garden();
const keeping = garden();

interface Example {
  /** Where the rule shows; in `cli` if nothing is said. */
  readonly where?: string;
  /** Where it does not show, if that is another place. */
  readonly elsewhere?: string;
  readonly broken: string;
  readonly kept: string;
}

const TESTED = "test('x', () => { expect(1).toBe(1); });";

/** Each rule that biome.json names: code that breaks it, and the same said as this project says it. */
const EXAMPLES: Record<string, Example> = {
  'complexity/noExcessiveCognitiveComplexity': {
    broken: `export function f(n: number) { ${'if (n > 1) { if (n > 2) { if (n > 3) f(n); } } '.repeat(4)} }`,
    kept: `export function f(n: number) { ${'if (n > 1) { if (n > 2) { if (n > 3) f(n); } } '.repeat(3)} }`,
  },
  'correctness/noUnusedFunctionParameters': {
    broken: 'export const f = (n: number) => 1;',
    kept: 'export const f = (n: number) => n;',
  },
  'correctness/noUnusedImports': {
    broken: "import { x } from './a.ts'; export const y = 1;",
    kept: "import { x } from './a.ts'; export const y = x;",
  },
  'correctness/noUnusedPrivateClassMembers': {
    broken: 'export class C { readonly #x = 1; }',
    kept: 'export class C { readonly #x = 1; y = () => this.#x; }',
  },
  'correctness/noUnusedVariables': { broken: 'const x = 1;', kept: 'export const x = 1;' },
  'correctness/useImportExtensions': {
    broken: "import { x } from './neighbour'; export const y = x;",
    kept: "import { x } from './neighbour.ts'; export const y = x;",
  },
  'nursery/noFloatingPromises': {
    broken: 'const g = async () => await fetch("x"); export function f() { g(); }',
    kept: 'const g = async () => await fetch("x"); export async function f() { await g(); }',
  },
  'nursery/noMisusedPromises': {
    broken: 'export const f = (list: string[]) => list.forEach(async (x) => await fetch(x));',
    kept: 'export const f = (list: string[]) => list.map(async (x) => await fetch(x));',
  },
  'nursery/useExhaustiveSwitchCases': {
    broken: "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; } }",
    kept: "export function f(x: 'a' | 'b') { switch (x) { case 'a': return 1; case 'b': return 2; } }",
  },
  'performance/noBarrelFile': { broken: "export { x } from './a.ts';", kept: 'export const x = 1;' },
  'performance/noReExportAll': { broken: "export * from './a.ts';", kept: 'export const x = 1;' },
  'style/noCommonJs': {
    broken: "export const x = require('./a.ts');",
    kept: "export const x = await import('./a.ts');",
  },
  'style/noDefaultExport': { broken: 'export default 1;', kept: 'export const x = 1;' },
  'style/noNamespace': { broken: 'export namespace N { export type T = 1; }', kept: 'export type T = 1;' },
  'style/noNonNullAssertion': {
    broken: 'export const f = (x?: string) => x!.length;',
    kept: 'export const f = (x?: string) => x?.length;',
  },
  'style/noParameterAssign': {
    broken: 'export function f(n: number) { n = 1; return n; }',
    kept: 'export function f(n: number) { const m = n; return m; }',
  },
  'style/noProcessEnv': {
    where: 'infra/local',
    broken: 'export const x = process.env;',
    kept: 'export const x = process.pid;',
  },
  'style/noRestrictedImports': {
    broken: "import { env } from 'node:process'; export const x = env;",
    kept: 'export const x = process.env;',
  },
  'style/useFilenamingConvention': {
    where: 'cli/camelCase.ts',
    elsewhere: 'cli/kebab-case.ts',
    broken: 'export const x = 1;',
    kept: 'export const x = 1;',
  },
  'style/useImportType': {
    broken: "import { T } from './a.ts'; export const x: T = 1;",
    kept: "import type { T } from './a.ts'; export const x: T = 1;",
  },
  'style/useNodejsImportProtocol': {
    broken: "import { join } from 'path'; export const x = join('a');",
    kept: "import { join } from 'node:path'; export const x = join('a');",
  },
  'style/useReadonlyClassProperties': {
    broken: 'export class C { private x = 1; y = () => this.x; }',
    kept: 'export class C { private readonly x = 1; y = () => this.x; }',
  },
  'style/useThrowNewError': {
    broken: "export const f = () => { throw Error('x'); };",
    kept: "export const f = () => { throw new Error('x'); };",
  },
  'style/useThrowOnlyError': {
    broken: "export const f = () => { throw 'x'; };",
    kept: "export const f = () => { throw new Error('x'); };",
  },
  'suspicious/noConditionalExpect': {
    where: 'test/conditional.test.ts',
    broken: "test('x', () => { try { f(); } catch { expect(1).toBe(1); } });",
    kept: TESTED,
  },
  'suspicious/noConsole': {
    where: 'lambda/handlers',
    broken: "console.log('x');",
    kept: "process.stdout.write('x');",
  },
  'suspicious/noEmptyBlockStatements': {
    broken: 'export function f() { try { f(); } catch {} }',
    kept: 'export function f() { try { f(); } catch { /* why */ } }',
  },
  'suspicious/noEvolvingTypes': {
    broken: 'export function f() { let x; x = 1; return x; }',
    kept: 'export function f() { const x: number = 1; return x; }',
  },
  'suspicious/noExplicitAny': {
    broken: 'export const f = (x: any) => x;',
    kept: 'export const f = (x: unknown) => x;',
  },
  'suspicious/noExportsInTest': {
    where: 'test/exporting.test.ts',
    broken: `export const x = 1; ${TESTED}`,
    kept: TESTED,
  },
  'suspicious/noFocusedTests': {
    where: 'test/focused.test.ts',
    broken: "test.only('x', () => { expect(1).toBe(1); });",
    kept: TESTED,
  },
  'suspicious/noIdenticalTestTitle': {
    where: 'test/identical.test.ts',
    broken: `${TESTED} ${TESTED}`,
    kept: TESTED,
  },
  'suspicious/noImportCycles': {
    where: 'cli/cycle.ts',
    broken: "import { x } from './circle.ts'; export const y = () => x;",
    kept: "import { x } from './neighbour.ts'; export const y = () => x;",
  },
  'suspicious/noSkippedTests': {
    where: 'test/skipped.test.ts',
    broken: "test.skip('x', () => { expect(1).toBe(1); });",
    kept: TESTED,
  },
  'suspicious/noTsIgnore': {
    broken: '// @ts-ignore\nexport const x: number = 1;',
    kept: '// @ts-expect-error\nexport const x: number = 1;',
  },
};

for (const { plant } of [breaking, keeping]) {
  plant('cli/neighbour.ts', 'export const x = 1;');
  plant('cli/circle.ts', "import { y } from './cycle.ts'; export const x = () => y;");
}

describe.each(Object.entries(EXAMPLES))('%s', (rule, { where = 'cli', elsewhere = where, broken, kept }) => {
  const brokenPath = breaking.plant(where, broken);
  const keptPath = keeping.plant(elsewhere, kept);

  test('is reported where it is broken', () => {
    expect(breaking.reported(brokenPath)).toContain(`lint/${rule}`);
  });

  test('reports nothing where it is kept', () => {
    expect(keeping.reported(keptPath)).toEqual([]);
  });
});

const consoles = ['cli', 'infra/local', 'test'].map((where) => keeping.plant(where, "console.log('x');"));
test('the console is for what runs on a person’s machine', () => {
  for (const path of consoles) expect(keeping.reported(path)).toEqual([]);
});

const excepted = ['some-tool.config.ts', 'infra/local/some-package.d.ts'].map((path) =>
  keeping.plant(path, 'declare const x: 1; export default x;'),
);
test('a default export is for a tool’s configuration and for describing a package', () => {
  for (const path of excepted) expect(keeping.reported(path)).toEqual([]);
});

test('every rule that the configuration switches on by name has its example', () => {
  const { rules } = objectOf(objectOf(readJson('biome.json'))['linter']);
  const named = Object.entries(objectOf(rules)).flatMap(([group, levels]) =>
    group === 'preset'
      ? []
      : Object.entries(objectOf(levels)).map(([rule, level]) => ({ rule: `${group}/${rule}`, level })),
  );
  const on = named.filter(({ level }) => level !== 'off').map(({ rule }) => rule);
  expect(Object.keys(EXAMPLES).sort()).toEqual(on.sort());
});

test('every rule of our own is switched on', () => {
  const { plugins } = readJson('biome.json');
  const paths = Array.isArray(plugins) ? plugins.map((plugin) => objectOf(plugin)['path']) : [];
  const files = readdirSync(join(ROOT, 'test/architecture/rules')).map(
    (file) => `./test/architecture/rules/${file}`,
  );
  expect(paths.sort()).toEqual(files.sort());
});
