import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readEvidence } from '../../../cli/evidence/read-evidence.ts';
import { ROOT } from '../../support/checkout.ts';

const FOLDER = join(ROOT, 'docs/example-evidence');

it('a folder has the same files however it is named, also from inside it', () => {
  const names = [...readEvidence(FOLDER).keys()].sort();
  expect(names).toContain('evidence.txt');
  expect(names).toContain('days/2026-11-25T0000Z.txt');
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(FOLDER);
  for (const path of ['.', './', 'days/..', `${FOLDER}/`])
    expect([...readEvidence(path).keys()].sort()).toEqual(names);
});

it('a folder that is not there is named', () => {
  expect(() => readEvidence(join(FOLDER, 'none'))).toThrow(/none cannot be read as evidence \(ENOENT\)/);
});
