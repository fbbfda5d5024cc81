import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../support/checkout.ts';
import { PLANTED_BUGS } from './planted-bugs.ts';

describe('a bug that is planted in a copy of the sources', () => {
  it.each(PLANTED_BUGS)('changes one place: $name', ({ file, from }) => {
    const parts = readFileSync(join(ROOT, file), 'utf8').split(from);
    expect(parts).toHaveLength(2);
  });
});
