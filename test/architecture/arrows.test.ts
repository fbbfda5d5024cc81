import { posix } from 'node:path';
import { describe, expect, test } from 'vitest';
import { garden, isRefused } from './planted.ts';

const { plant, reported } = garden();

const ZONES = {
  core: 'lambda/core',
  'use cases': 'lambda',
  adapters: 'lambda/adapters',
  handlers: 'lambda/handlers',
  stack: 'infra',
  'local parts': 'infra/local',
  commands: 'cli',
  cost: 'cli/cost',
  doctor: 'cli/doctor',
  report: 'cli/report',
  page: 'cli/report/page',
  tests: 'test',
} as const;
type Zone = keyof typeof ZONES;

const CLIENTS = ['@aws-sdk/client-dynamodb', '@aws-sdk/client-secrets-manager'];
const NODE = ['node:crypto', 'node:timers/promises'];

/** What each zone may import. Tests, which nothing may import, import what they like. */
const ARROWS: readonly { zone: Zone; zones: readonly Zone[]; packages: readonly string[] }[] = [
  { zone: 'core', zones: ['core'], packages: [] },
  { zone: 'use cases', zones: ['core', 'use cases'], packages: ['p-limit'] },
  { zone: 'adapters', zones: ['core', 'adapters'], packages: [...CLIENTS, ...NODE, 'jose'] },
  { zone: 'handlers', zones: ['core', 'use cases', 'adapters', 'handlers'], packages: [...CLIENTS, ...NODE] },
  {
    zone: 'stack',
    zones: ['core', 'stack'],
    packages: [...NODE, 'aws-cdk-lib', 'aws-cdk-lib/aws-lambda', 'constructs'],
  },
  {
    zone: 'local parts',
    zones: ['core', 'use cases', 'adapters', 'handlers', 'local parts'],
    packages: [...CLIENTS, ...NODE, 'classic-level', 'dynalite', 'jose'],
  },
  {
    zone: 'commands',
    zones: ['core', 'use cases', 'adapters', 'handlers', 'commands', 'cost', 'doctor', 'report'],
    packages: [...CLIENTS, ...NODE, 'commander'],
  },
  { zone: 'cost', zones: ['core', 'use cases', 'commands', 'cost'], packages: NODE },
  {
    zone: 'doctor',
    zones: ['core', 'use cases', 'adapters', 'handlers', 'commands', 'doctor'],
    packages: [...CLIENTS, ...NODE, '@aws-sdk/client-lambda'],
  },
  { zone: 'report', zones: ['core', 'use cases', 'commands', 'report'], packages: [...NODE, 'esbuild'] },
  { zone: 'page', zones: ['core', 'report', 'page'], packages: ['uplot'] },
];
const PACKAGES = [...new Set(ARROWS.flatMap(({ packages }) => packages)), 'some-package', '#some-alias'];

/** Every way one file can come to depend on another. */
const IMPORTS: Record<string, (source: string) => string> = {
  import: (source) => `import { thing } from '${source}';\nexport const used = thing;`,
  'import of everything': (source) => `import * as things from '${source}';\nexport const used = things;`,
  'import for effect': (source) => `import '${source}';`,
  'import type': (source) => `import type { Thing } from '${source}';\nexport type Used = Thing;`,
  'import()': (source) => `export const used = await import('${source}');`,
  're-export': (source) => `export { thing } from '${source}';`,
  're-export of everything': (source) => `export * from '${source}';`,
};

/** Arrows that only some kinds of import may follow. */
const NARROW: Record<string, readonly string[]> = {
  'adapters → use cases': ['import type'],
  'commands → local parts': ['import()', 'import type'],
  'doctor → local parts': ['import()', 'import type'],
};

function specifier(folder: string, target: string): string {
  const path = posix.relative(folder, `${target}/target.ts`);
  return path.startsWith('.') ? path : `./${path}`;
}

describe.each(ARROWS)('$zone', ({ zone, zones, packages }) => {
  const folder = ZONES[zone];

  for (const [target, targetFolder] of Object.entries(ZONES)) {
    const narrow = NARROW[`${zone} → ${target}`];
    const allowed = narrow ?? (zones.some((other) => other === target) ? Object.keys(IMPORTS) : []);
    const plants = Object.entries(IMPORTS).map(([kind, write]) => ({
      kind,
      path: plant(folder, write(specifier(folder, targetFolder))),
    }));
    test(`${allowed.length > 0 ? 'may' : 'may not'} import ${target}${narrow ? ` by ${narrow.join(' or ')}` : ''}`, () => {
      const passed = plants.filter(({ path }) => !isRefused(reported(path))).map(({ kind }) => kind);
      expect(passed.sort()).toEqual([...allowed].sort());
    });
  }

  const users = PACKAGES.map((name) => ({ name, path: plant(folder, `import '${name}';`) }));
  test(`may use ${packages.join(', ') || 'no package'}`, () => {
    const passed = users.filter(({ path }) => !isRefused(reported(path))).map(({ name }) => name);
    expect(passed.sort()).toEqual([...packages].sort());
  });

  const strays = [
    "import './target.ts/../../x.ts';",
    "import './a/../../x.ts';",
    "import './target.js';",
    "import '/target.ts';",
    "export type Used = import('./target.ts').Thing;",
    "export const used = await import('./target.ts', { with: {} });",
    "const name = './target.ts';\nexport const used = await import(name);",
  ].map((code) => plant(folder, code));
  test('names what it imports plainly, so that no detour leads out', () => {
    for (const path of strays) expect(isRefused(reported(path))).toBe(true);
  });
});

const template = (path: string) =>
  Object.entries(IMPORTS).map(([kind, write]) => ({
    kind,
    command: plant('cli', write(`../infra/${path}`)),
    cost: plant('cli/cost', write(`../../infra/${path}`)),
  }));
const templates = template('template.ts');
const stacks = template('stack.ts');
test('of the stack, a command loads its template alone, and only when it runs; what makes its cost knows its type', () => {
  const passed = (of: 'command' | 'cost', plants: typeof templates) =>
    plants.filter((plant) => !isRefused(reported(plant[of]))).map(({ kind }) => kind);
  expect(passed('command', templates)).toEqual(['import type', 'import()']);
  expect(passed('cost', templates)).toEqual(['import type']);
  expect([...passed('command', stacks), ...passed('cost', stacks)]).toEqual([]);
});

const ofTheStack = ['config.ts', 'stack.ts'].map((file) =>
  Object.entries(IMPORTS).map(([kind, write]) => ({
    kind,
    path: plant('cli/doctor', write(`../../infra/${file}`)),
  })),
);
test('of the stack, the doctor loads the configuration alone, and only when it runs', () => {
  const passed = ofTheStack.map((plants) =>
    plants.filter(({ path }) => !isRefused(reported(path))).map(({ kind }) => kind),
  );
  expect(passed).toEqual([['import type', 'import()'], []]);
});

const crossings = [
  plant('lambda/adapters/upbit.ts', "import './ledger-writer.ts';"),
  plant('lambda/adapters/upbit-verdict.ts', "export { x } from './secrets.ts';"),
  plant('lambda/adapters/ledger-writer.ts', "export const used = await import('./upbit.ts');"),
  plant('lambda/adapters/secrets.ts', "import type { X } from './ledger-errors.ts';\nexport type Used = X;"),
];
test('an adapter does not import what belongs to another system', () => {
  for (const path of crossings) expect(isRefused(reported(path))).toBe(true);
});

const neighbours = plant(
  'lambda/adapters/ledger-reader.ts',
  "import './ledger-errors.ts';\nimport './aws-timeouts.ts';",
);
test('an adapter imports what belongs to its own system, or to none', () => {
  expect(reported(neighbours)).toEqual([]);
});
