import { describe, expect, test } from 'vitest';
import { objectOf, readJson, readText, sources } from '../support/checkout.ts';

describe('package.json', () => {
  const manifest = readJson('package.json');
  const { packages } = readJson('package-lock.json');

  test.each(['dependencies', 'devDependencies'])(
    'pins each of its %s to one version, the locked one',
    (kind) => {
      const pins = Object.entries(objectOf(manifest[kind]));
      expect(pins.length).toBeGreaterThan(0);
      for (const [name, version] of pins) {
        expect(version, name).toMatch(/^\d+\.\d+\.\d+$/);
        expect(objectOf(objectOf(packages)[`node_modules/${name}`])['version'], name).toBe(version);
      }
    },
  );

  test('asks for Node 20.19 or newer', () => {
    expect(manifest['engines']).toEqual({ node: '>=20.19' });
  });

  test('is private and under the MIT licence', () => {
    expect(manifest).toMatchObject({ private: true, license: 'MIT' });
    expect(readText('LICENSE')).toMatch(/^MIT License\n/);
  });
});

test('the lockfile names no host, so any registry works', () => {
  expect(readText('package-lock.json')).not.toContain('"resolved"');
});

test('the lockfile has every optional package, also for other platforms: npm ci rejects it without them', () => {
  const packages = Object.entries(objectOf(readJson('package-lock.json')['packages']));
  const places = new Set(packages.map(([place]) => place));
  const optional = packages.flatMap(([place, entry]) =>
    Object.keys(objectOf(objectOf(entry)['optionalDependencies'] ?? {})).map((name) => ({ place, name })),
  );
  expect(optional.length).toBeGreaterThan(0);
  const lacking = optional.filter(
    ({ place, name }) =>
      !place.startsWith('node_modules/aws-cdk-lib/') &&
      !places.has(`node_modules/${name}`) &&
      !places.has(`${place}/node_modules/${name}`),
  );
  expect(lacking).toEqual([]);
});

test('TypeScript has the agreed strict options', () => {
  expect(readJson('tsconfig.json')['compilerOptions']).toMatchObject({
    strict: true,
    noUncheckedIndexedAccess: true,
    exactOptionalPropertyTypes: true,
    noImplicitOverride: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
  });
});

test('knip ignores only esbuild, which the CDK finds by name to bundle the function', () => {
  expect(readJson('knip.json')['ignoreDependencies']).toEqual(['esbuild']);
  expect(sources('infra').filter((path) => readText(path).includes('NodejsFunction'))).not.toEqual([]);
});
