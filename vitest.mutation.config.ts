import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** The quick ones first, and first of all the test that is named after the mutated file: most mutants are killed there. */
const ORDER = [
  /test\/lambda\/core\//,
  /test\/lambda\/(?!handlers|adapters)/,
  /test\/lambda\/handlers\//,
  /./,
];
/** They take seconds, and the others fractions of one. */
const SLOW = /test\/lambda\/(core\/slots|history\/slots|adapters\/check-ip)\.test\.ts$/;
class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Stryker says here which file it has changed.
    const own = this.ctx.config.related?.map((file) =>
      file.replace('/lambda/', '/test/lambda/').replace(/\.ts$/, '.test.ts'),
    );
    const rank = ({ moduleId }: TestSpecification) => {
      if (own?.length === 1 && own.includes(moduleId)) return -1;
      return SLOW.test(moduleId) ? ORDER.length : ORDER.findIndex((place) => place.test(moduleId));
    };
    return Promise.resolve(files.toSorted((a, b) => rank(a) - rank(b)));
  }
}

// The tests of the code that is mutated: each mutant is tried by those that reach it.
export default defineConfig({
  test: {
    include: ['test/lambda/**/*.test.ts'],
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
