import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { readFolder } from '../../../cli/files/read-folder.ts';
import { ROOT } from '../../support/checkout.ts';

const FOLDER = join(ROOT, 'docs/example-evidence');

it('a folder has the same files however it is named, also from inside it', () => {
  const names = [...readFolder(FOLDER).keys()].sort();
  expect(names).toContain('evidence.txt');
  expect(names).toContain('days/2026-11-25T0000Z.txt');
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  process.chdir(FOLDER);
  for (const path of ['.', './', 'days/..', `${FOLDER}/`])
    expect([...readFolder(path).keys()].sort()).toEqual(names);
});

it('a folder that is not there is named', () => {
  expect(() => readFolder(join(FOLDER, 'none'))).toThrow(
    /none cannot be read as a folder of evidence \(ENOENT\)/,
  );
});
