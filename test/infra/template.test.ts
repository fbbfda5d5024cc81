import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { synthesize } from '../../infra/template.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { synthesize as synthesizeInTest } from '../support/synthesized.ts';

it('the template has the resources of the stack, and comes with its configuration', () => {
  const { config, resources } = synthesize({ every: '5m', memory: '512' });
  const [expected] = synthesizeInTest({ every: '5m', memory: '512' });
  expect(config).toMatchObject({ every: '5m', memory: 512 });
  const typeAndId = ({ type, id }: { readonly type: string; readonly id: string }) => `${type} ${id}`;
  expect(resources.map(typeAndId).sort()).toEqual(expected.resources.map(typeAndId).sort());
  expect(resources).toContainEqual(
    expect.objectContaining({ properties: expect.objectContaining({ MemorySize: 512 }) }),
  );
});

it('synthesizing it leaves no file behind', () => {
  const empty = mkdtempSync(join(tmpdir(), 'template-'));
  vi.stubEnv('TMPDIR', empty);
  synthesize({});
  vi.unstubAllEnvs();
  expect(readdirSync(empty)).toEqual([]);
});

it('an invalid setting is refused, as at a deploy', () => {
  expect(() => synthesize({ every: '7m' })).toThrow(CodedError);
  expect(() => synthesize({ every: '7m' })).toThrow('the configuration key every is "7m"; allowed: 1m, ');
});
