import type { AccountName } from '../../lambda/core/account.ts';
import type { Act, Plan } from './plan.ts';
import { runAndCompare } from './without-prices.ts';
import type { Outcome } from './world.ts';

/** A smaller world in which the same invariant breaks. */
export interface Shrunk {
  readonly plan: Plan;
  readonly outcome: Outcome;
  /** How many worlds were tried. */
  readonly tries: number;
}

/** The maximum number of worlds to try. */
const MAX_TRIES = 600;

/**
 * Removes from a world that breaks an invariant what is not needed to break it: first large parts of its acts, then
 * smaller ones, down to single acts and accounts, until none can be removed. The same invariant still breaks.
 *
 * @param run runs a world.
 */
export async function shrink(plan: Plan, broken: Outcome, run = runAndCompare): Promise<Shrunk> {
  const invariant = broken.violations[0]?.invariant;
  let best: Shrunk = { plan, outcome: broken, tries: 0 };
  let tries = 0;
  const attempt = async (smaller: Plan): Promise<boolean> => {
    if (tries >= MAX_TRIES) return false;
    tries += 1;
    const outcome = await run(smaller);
    if (outcome.violations[0]?.invariant !== invariant) return false;
    best = { plan: smaller, outcome, tries };
    return true;
  };
  for (let before = Number.POSITIVE_INFINITY; weight(best.plan) < before && tries < MAX_TRIES; ) {
    before = weight(best.plan);
    for (
      let size = Math.ceil(best.plan.acts.length / 2);
      size >= 1;
      size = size === 1 ? 0 : Math.ceil(size / 2)
    ) {
      for (let index = 0; index < best.plan.acts.length; ) {
        const acts = best.plan.acts.filter((_, place) => place < index || place >= index + size);
        if (!(await attempt({ ...best.plan, acts }))) index += size;
      }
    }
    for (const account of best.plan.accounts) await attempt(without(best.plan, account));
  }
  return { ...best, tries };
}

function weight({ acts, accounts }: Plan): number {
  return acts.length + accounts.length;
}

function without(plan: Plan, account: AccountName): Plan {
  const isAbout = (act: Act) => 'about' in act && act.about === account;
  return {
    ...plan,
    accounts: plan.accounts.filter((other) => other !== account),
    acts: plan.acts.filter((act) => !isAbout(act)),
  };
}
