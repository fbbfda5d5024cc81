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

  it('has no circular imports, types included', () => {
    expect(circles(PRODUCT)).toEqual([]);
  });
});

/** Every way one file can depend on another, by kind. */
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

/** Plants every form of import of `target` in `from`, and returns the rejected kinds: all forms of a kind, or none. */
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

  // Stated again independently, so that a wrong line in the table does not become the rule.
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
  ])('in %s is rejected, in any form', (from, targets) => {
    for (const target of targets) expect(refused(from, `${target}/target.ts`), target).toEqual(ALL);
  });

  it.each(Object.keys(ROOMS).filter((folder) => folder.startsWith('lambda/')))(
    'in %s is rejected if it imports the stack, the local parts or the commands',
    (from) => {
      for (const target of ['infra', 'infra/local', 'cli']) {
        expect(refused(from, `${target}/target.ts`), target).toEqual(ALL);
      }
    },
  );

  it.each(Object.keys(ROOMS))('in %s is rejected if it imports tests', (from) => {
    expect(refused(from, 'test/support/memory-ledger.ts')).toEqual(ALL);
  });

  it('is importing a use case’s value in an adapter, which may import its types', () => {
    expect(refused('lambda/adapters/ledger', 'lambda/history/reader.ts')).toEqual(['static', 'load']);
    expect(refused('lambda/adapters/upbit', 'lambda/collector/ports.ts')).toEqual(['static', 'load']);
  });

  it('is importing a local part in a command statically, not at run time', () => {
    const lazy = Object.entries(ROOMS).filter(([, { loads = [] }]) => loads.includes('infra/local'));
    expect(lazy.length).toBeGreaterThan(0);
    for (const [from] of lazy) expect(refused(from, 'infra/local/demo.ts'), from).toEqual(['static']);
  });

  it('is importing the stack in any command, except its template and configuration', () => {
    for (const from of Object.keys(ROOMS).filter((folder) => /^cli\b/.test(folder))) {
      expect(refused(from, 'infra/stack.ts'), from).toEqual(ALL);
    }
  });

  it.each(['some-package', '#alias', 'aws-cdk-lib', '/absolute.ts'])(
    'of %s is rejected in the core',
    (name) => {
      expect(violations('lambda/core/planted.ts', `import '${name}';`)).not.toEqual([]);
    },
  );

  it('is an AWS client in a use case, and a package whose name only begins like an allowed one', () => {
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
  ])('is a detour, rejected because the target is not a plain string: %s', (code) => {
    expect(violations('lambda/core/planted.ts', code)).not.toEqual([]);
  });

  it('is a circular import: of two files, of three, and of types alone', () => {
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
  it('has no cycles, so dependencies run one way', () => {
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

  it('covers every form of import', () => {
    for (const [how, forms] of Object.entries(FORMS)) {
      for (const form of forms) expect(importsOf(form('./x.ts'))).toEqual([{ how, source: './x.ts' }]);
    }
  });
});
