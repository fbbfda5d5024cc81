import { defineConfig } from 'vitest/config';

// The tests of the code that is mutated, but for those over real HTTP and those that start processes: each mutant is
// tried by those that reach it.
export default defineConfig({
  test: {
    include: ['test/core/*.test.ts', 'test/adapters/*.test.ts', 'test/handlers/*.test.ts', 'test/*.test.ts'],
    exclude: ['test/docs.test.ts', 'test/collect-http.test.ts'],
    isolate: false,
    testTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
