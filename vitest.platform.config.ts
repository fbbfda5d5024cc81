import { defineConfig } from 'vitest/config';
import fast from './vitest.config.ts';

/** The bundle on what Lambda really gives it: `npm run test:platform`. One file at a time, because each measures. */
export default defineConfig({
  test: {
    ...fast.test,
    include: ['test/system/platform/*.platform.ts'],
    fileParallelism: false,
    testTimeout: 240_000,
    hookTimeout: 120_000,
  },
});
