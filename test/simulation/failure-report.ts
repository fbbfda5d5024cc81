import { type Plan, tell } from './plan.ts';
import { type Shrunk, shrink } from './shrink.ts';
import type { Outcome } from './world.ts';

/** A world and everything that happened in it, as text. */
export function describeWorld(plan: Plan, { trace, hash, violations }: Outcome): string {
  const { every, timeZone, regions } = plan.deployment;
  return [
    `every ${every} in ${timeZone}, regions ${regions.join()}, accounts ${plan.accounts.join(' ')}`,
    `DynamoDB's page ${plan.page}, Upbit's clock ahead by ${plan.ahead} ms`,
    '',
    'planned:',
    ...plan.acts.map((act) => `  ${tell(act)}`),
    '',
    'happened:',
    ...trace.map((line) => `  ${line}`),
    '',
    violations.length === 0 ? 'every invariant held' : `broken: ${violations[0]?.invariant}`,
    `hash ${hash}`,
  ].join('\n');
}

/** A seed that broke an invariant: how to replay it, and the smallest world that breaks it. */
export async function describeFailure(plan: Plan, outcome: Outcome): Promise<string> {
  const shrunk: Shrunk = await shrink(plan, outcome);
  const { acts, accounts } = shrunk.plan;
  return [
    `seed ${plan.seed} breaks "${outcome.violations[0]?.invariant}": ${outcome.violations[0]?.text}`,
    `again: npm run simulate -- --seed ${plan.seed}`,
    `shrunk in ${shrunk.tries} tries from ${plan.acts.length} acts and ${plan.accounts.length} accounts to ${acts.length} and ${accounts.length}:`,
    '',
    describeWorld(shrunk.plan, shrunk.outcome),
  ].join('\n');
}
