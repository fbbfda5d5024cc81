import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from '../../../lambda/core/version.ts';

it('the version written into every item is the package’s', () => {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  expect(manifest).toMatchObject({ version: VERSION });
});
