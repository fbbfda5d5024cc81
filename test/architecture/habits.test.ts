import { expect, test } from 'vitest';
import { isRefused, plantedCode } from './planted.ts';

const { plant, reported } = plantedCode();

const FOLDERS = [
  'lambda/core',
  'lambda/collector',
  'lambda/adapters',
  'lambda/handlers',
  'infra',
  'infra/local',
  'cli',
];
const CASTS = ['x as string', 'x as unknown as string', '<string>x'];
const CAST = 'export const f = (x: unknown) => x as string;';

const casts = FOLDERS.flatMap((folder) =>
  CASTS.map((cast) => plant(folder, `export const f = (x: unknown) => ${cast};`)),
);
test('a cast is rejected everywhere except in tests', () => {
  for (const path of casts) expect(isRefused(reported(path))).toBe(true);
});

const constant = plant(
  'lambda/history',
  "export const ids = ['sg', 'id'] as const satisfies readonly string[];",
);
const inTest = plant('test', CAST);
test('as const, satisfies and a cast in a test are accepted', () => {
  for (const path of [constant, inTest]) expect(reported(path)).toEqual([]);
});

const excused = plant('lambda/history', `// biome-ignore lint/plugin/cast: the reason\n${CAST}`);
const unexcused = plant('lambda/history', `// biome-ignore lint/plugin/cast:\n${CAST}`);
test('a cast with its reason above it is accepted, and rejected if the reason is missing', () => {
  expect(reported(excused)).toEqual([]);
  expect(isRefused(reported(unexcused))).toBe(true);
});

const thrown = (error: string) => `export function f() { try { f(); } catch (cause) { throw ${error}; } }`;
const causeless = plant('cli', thrown("new CodedError('file.invalid', 'x')"));
const caused = plant('cli', thrown("new CodedError('file.invalid', 'x', { cause })"));
const first = plant('cli', "export const f = () => { throw new CodedError('file.invalid', 'x'); };");
test('an error thrown because of another must carry it as its cause', () => {
  expect(isRefused(reported(causeless))).toBe(true);
  for (const path of [caused, first]) expect(isRefused(reported(path))).toBe(false);
});
