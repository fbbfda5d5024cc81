import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readText, sources } from '../support/checkout.ts';
import { circles, importsOf, violations } from './imports.ts';
import { ROOMS } from './rooms.ts';

const PRODUCT = new Map(
  ['cli', 'infra', 'lambda'].flatMap(sources).map((path) => [path, readText(path)] as const),
);

describe('the product', () => {
  it('imports only what rooms.ts allows', () => {
    expect([...PRODUCT].flatMap(([path, code]) => violations(path, code))).toEqual([]);
  });

  it('has no circle of imports, types included', () => {
    expect(circles(PRODUCT)).toEqual([]);
  });
});

/** Every way one file can come to depend on another, by how it is judged. */
const FORMS = {
  static: [
    (source: string) => `import { thing } from '${source}'; export const used = thing;`,
    (source: string) => `import * as things from '${source}'; export const used = things;`,
    (source: string) => `import '${source}';`,
    (source: string) => `import { type Thing } from '${source}'; export type Used = Thing;`,
    (source: string) => `export { thing } from '${source}';`,
    (source: string) => `export * from '${source}';`,
  ],
  load: [(source: string) => `export const used = async () => await import('${source}');`],
  type: [
    (source: string) => `import type { Thing } from '${source}'; export type Used = Thing;`,
    (source: string) => `export type { Thing } from '${source}';`,
    (source: string) => `export type Used = import('${source}').Thing;`,
  ],
} as const;
type How = keyof typeof FORMS;

/** Plants every form of import of `target` in `from`, and returns the kinds that are refused: all forms of one, or none. */
function refused(from: string, target: string): How[] {
  const source = posix.relative(from, target);
  const plain = source.startsWith('.') ? source : `./${source}`;
  return (['static', 'load', 'type'] as const).filter((how) => {
    const results = FORMS[how].map((form) => violations(`${from}/planted.ts`, form(plain)).length > 0);
    expect(new Set(results).size, `${from} → ${target}, ${how}`).toBe(1);
    return results[0];
  });
}

describe('a planted violation', () => {
  const ALL: How[] = ['static', 'load', 'type'];

  // Said here once more in other words: a wrong line in the table must not pass for the rule.
  it.each([
    [
      'lambda/core',
      ['lambda/collector', 'lambda/history', 'lambda/sealer', 'lambda/adapters', 'lambda/handlers'],
    ],
    ['lambda/collector', ['lambda/history', 'lambda/sealer', 'lambda/adapters', 'lambda/adapters/upbit']],
    ['lambda/history', ['lambda/collector', 'lambda/sealer', 'lambda/adapters', 'lambda/adapters/ledger']],
    ['lambda/sealer', ['lambda/collector', 'lambda/history', 'lambda/adapters', 'lambda/adapters/ledger']],
    [
      'lambda/adapters',
      ['lambda/adapters/upbit', 'lambda/adapters/ledger', 'lambda/collector', 'lambda/handlers'],
    ],
    ['lambda/adapters/upbit', ['lambda/adapters/ledger', 'lambda/handlers']],
    ['lambda/adapters/ledger', ['lambda/adapters/upbit', 'lambda/handlers']],
    ['infra', ['lambda/collector', 'lambda/history', 'lambda/adapters', 'lambda/handlers', 'infra/local']],
    ['infra/local', ['infra']],
    ['cli/report/page', ['lambda/history', 'lambda/adapters', 'infra']],
  ])('in %s is refused, whatever its form', (from, targets) => {
    for (const target of targets) expect(refused(from, `${target}/target.ts`), target).toEqual(ALL);
  });

  it.each(Object.keys(ROOMS).filter((folder) => folder.startsWith('lambda/')))(
    'in %s is refused where it leads to the stack, the local parts or the commands',
    (from) => {
      for (const target of ['infra', 'infra/local', 'cli']) {
        expect(refused(from, `${target}/target.ts`), target).toEqual(ALL);
      }
    },
  );

  it.each(Object.keys(ROOMS))('in %s is refused where it leads into the tests', (from) => {
    expect(refused(from, 'test/support/memory-ledger.ts')).toEqual(ALL);
  });

  it('is a value of a use case in an adapter, which may know its types', () => {
    expect(refused('lambda/adapters/ledger', 'lambda/history/reader.ts')).toEqual(['static', 'load']);
    expect(refused('lambda/adapters/upbit', 'lambda/collector/ports.ts')).toEqual(['static', 'load']);
  });

  it('is a local part in a command that is not loaded while it runs', () => {
    const lazy = Object.entries(ROOMS).filter(([, { loads = [] }]) => loads.includes('infra/local'));
    expect(lazy.length).toBeGreaterThan(0);
    for (const [from] of lazy) expect(refused(from, 'infra/local/demo.ts'), from).toEqual(['static']);
  });

  it('is of the stack, but for its template and its configuration, in every command', () => {
    for (const from of Object.keys(ROOMS).filter((folder) => /^cli\b/.test(folder))) {
      expect(refused(from, 'infra/stack.ts'), from).toEqual(ALL);
    }
  });

  it.each(['some-package', '#alias', 'aws-cdk-lib', '/absolute.ts'])(
    'of %s is refused in the core',
    (name) => {
      expect(violations('lambda/core/planted.ts', `import '${name}';`)).not.toEqual([]);
    },
  );

  it('is a client of AWS in a use case, and a package that only begins like an allowed one', () => {
    for (const name of ['@aws-sdk/client-dynamodb', 'node:fs', 'p-limits']) {
      expect(violations('lambda/collector/planted.ts', `import '${name}';`), name).not.toEqual([]);
    }
    expect(violations('lambda/collector/planted.ts', "import 'p-limit';")).toEqual([]);
  });

  it.each([
    "import './target.ts/../../x.ts';",
    "import './a/../../x.ts';",
    "import './target.js';",
    "const name = './target.ts'; export const used = async () => await import(name);",
    "import thing = require('./target.ts'); export const used = thing;",
  ])('is a detour, which is refused because it is not named plainly: %s', (code) => {
    expect(violations('lambda/core/planted.ts', code)).not.toEqual([]);
  });

  it('is a circle: of two files, of three, and of types alone', () => {
    const files = (links: Record<string, string>) =>
      circles(
        new Map(Object.entries(links).map(([path, to]) => [path, `import type { X } from './${to}';`])),
      );
    expect(files({ 'a.ts': 'b.ts', 'b.ts': 'a.ts' })).toEqual([['a.ts', 'b.ts', 'a.ts']]);
    expect(files({ 'a.ts': 'b.ts', 'b.ts': 'c.ts', 'c.ts': 'b.ts' })).toEqual([['b.ts', 'c.ts', 'b.ts']]);
    expect(files({ 'a.ts': 'b.ts', 'b.ts': 'c.ts', 'c.ts': 'd.ts' })).toEqual([]);
  });
});

describe('the table itself', () => {
  it('leads round in no circle, so that there is an up and a down', () => {
    const below = (folder: string): string[] => {
      const { uses = [], knows = [], loads = [] } = ROOMS[folder] ?? {};
      return [...uses, ...knows, ...loads];
    };
    for (const folder of Object.keys(ROOMS)) {
      const reached = new Set<string>();
      const queue = below(folder);
      for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
        if (reached.has(next)) continue;
        reached.add(next);
        queue.push(...below(next));
      }
      expect([...reached], folder).not.toContain(folder);
    }
  });

  it('has every form of import in sight', () => {
    for (const [how, forms] of Object.entries(FORMS)) {
      for (const form of forms) expect(importsOf(form('./x.ts'))).toEqual([{ how, source: './x.ts' }]);
    }
  });
});
