import { describe, expect, it } from 'vitest';
import { readText, sources } from '../../support/checkout.ts';

/** The numbers in the first column of the table. */
const documented = [...readText('docs/faults.md').matchAll(/^\| (\d+[bc]?) \|/gm)].map(([, row]) => row);

/** The numbers in the test titles. The linter allows no skipped tests, so every title is a test that runs. */
const tested = new Set(
  ['faults', 'contract', 'platform']
    .flatMap((folder) => sources(`test/system/${folder}`))
    .flatMap((path) => [...readText(path).matchAll(/'faults row (\d+[bc]?): /g)].map(([, row]) => row)),
);

describe('docs/faults.md', () => {
  it('has the rows 1 to 55, and those with letters, in order', () => {
    const more = new Map([
      ['16', ['16b']],
      ['23', ['23b']],
      ['29', ['29b', '29c']],
      ['30', ['30b']],
      ['46', ['46b']],
      ['48', ['48b']],
    ]);
    const numbers = Array.from({ length: 55 }, (_, index) => String(index + 1));
    expect(documented).toEqual(numbers.flatMap((number) => [number, ...(more.get(number) ?? [])]));
  });

  it('has a test for every row, and a row for every test', () => {
    expect([...tested].sort()).toEqual([...documented].sort());
  });
});
