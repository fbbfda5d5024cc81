import { expect, it } from 'vitest';
import { findings, PAIRS } from './combinations.ts';

it('every pair of options passes the template validator and both packs of cdk-nag', () => {
  expect(PAIRS.length).toBeGreaterThan(30);
  expect(findings(PAIRS)).toStrictEqual([]);
});
