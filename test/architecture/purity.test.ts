import { describe, expect, test } from 'vitest';
import { plantedCode } from './planted.ts';

const { plant, reported } = plantedCode();

/** What only a composition root may use: the machine's clock, randomness and environment. */
const ROOT_ONLY = [
  'Date.now()',
  "Date['now']()",
  '[0].map(Date.now)',
  'new Date()',
  'new Date',
  'Date()',
  'Math.random()',
  'process.env',
  'process.argv',
  'globalThis.process',
  'global.process',
];
/** What an adapter may use, but pure code may not. */
const IMPURE = [
  "fetch('x')",
  "new WebSocket('x')",
  "new EventSource('x')",
  'navigator',
  "console.log('x')",
  'setTimeout(f, 1)',
  'setInterval(f, 1)',
  'setImmediate(f)',
  'queueMicrotask(f)',
  'AbortSignal.timeout(1)',
  'performance.now()',
  'crypto.randomUUID()',
];
const PURE = `export function f(sleep: (ms: number) => void, fetch: (url: string) => string, now: number): string {
  sleep(Math.max(1, now));
  return fetch(new Date(now).toISOString()) + Date.parse('2026-11-22') + Date.UTC(2026);
}`;
const PURITY_RULES = [
  'plugin: The clock is',
  'lint/nursery/noJsRestrictedProperties',
  'lint/style/noRestrictedGlobals',
];

describe.each([
  ['lambda/core', [...ROOT_ONLY, ...IMPURE]],
  ['lambda/collector', [...ROOT_ONLY, ...IMPURE]],
  ['lambda/history', [...ROOT_ONLY, ...IMPURE]],
  ['lambda/adapters', ROOT_ONLY],
])('in %s', (folder, impurities) => {
  const plants = impurities.map((code) => ({
    code,
    path: plant(folder, `export function f(): unknown {\n  return ${code};\n}`),
  }));
  test.each(plants)('$code is rejected', ({ path }) => {
    const found = reported(path).filter((report) => PURITY_RULES.some((rule) => report.startsWith(rule)));
    expect(found).toHaveLength(1);
  });

  const destructured = plant(
    folder,
    'const { random } = Math;\nconst { now } = Date;\nexport const used = [random, now];',
  );
  test('destructuring such a function is rejected too', () => {
    expect(reported(destructured)).toEqual(Array(2).fill('lint/nursery/noJsRestrictedProperties'));
  });

  const pure = plant(folder, PURE);
  test('arguments may be used', () => {
    expect(reported(pure)).toEqual([]);
  });
});

describe('process.env', () => {
  const read = 'export const read = process.env;';
  const roots = ['lambda/handlers', 'infra/app.ts', 'cli', 'test'].map((where) => plant(where, read));
  const others = ['lambda/core', 'lambda/collector', 'lambda/adapters', 'infra', 'infra/local'].map((where) =>
    plant(where, read),
  );

  test('is read by composition roots and tests', () => {
    for (const path of roots) expect(reported(path)).toEqual([]);
  });

  test('is read nowhere else', () => {
    for (const path of others) expect(reported(path)).toContain('lint/style/noProcessEnv');
  });
});
