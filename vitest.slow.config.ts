import { defineConfig } from 'vitest/config';
import fast from './vitest.config.ts';

/** Tests that take longer, or need more than Node: `npm run test:slow`. */
export default defineConfig({
  test: { ...fast.test, include: ['test/**/*.slow.ts'], testTimeout: 300_000, hookTimeout: 120_000 },
});
