import { defineConfig } from 'vitest/config';
import fast from './vitest.config.ts';

/**
 * The stack deployed to an emulated AWS, and its templates linted: `npm run test:deploy`. Each step of the deploy needs the
 * one before, so the first that fails is the last.
 */
export default defineConfig({
  test: {
    ...fast.test,
    include: ['test/system/deploy/*.deploy.ts'],
    fileParallelism: false,
    bail: 1,
    testTimeout: 600_000,
    hookTimeout: 240_000,
  },
});
