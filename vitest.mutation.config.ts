import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Fast tests first, and before them the test of the mutated file, which kills most mutants. */
const ORDER = [
  /test\/lambda\/core\//,
  /test\/lambda\/(?!handlers|adapters)/,
  /test\/lambda\/handlers\//,
  /./,
];
/** They take seconds; the others take fractions of a second. */
const SLOW = /test\/lambda\/(core\/slots|history\/slots|adapters\/check-ip)\.test\.ts$/;
class QuickFirst extends BaseSequencer {
  override sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    // Stryker passes the file it has changed here.
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

// The tests of the mutated code: each mutant is tried by those that reach it.
export default defineConfig({
  test: {
    include: ['test/lambda/**/*.test.ts'],
    isolate: false,
    sequence: { sequencer: QuickFirst },
    testTimeout: 60_000,
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
  },
});
