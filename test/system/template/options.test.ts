import { expect, it } from 'vitest';
import { ALONE, findings } from './combinations.ts';

it('the default, and every option alone, pass the template validator and both packs of cdk-nag', () => {
  expect(findings([[], ...ALONE])).toStrictEqual([]);
});
