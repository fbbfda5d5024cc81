import { expect, it } from 'vitest';
import { drawPlan, type Plan } from './plan.ts';
import { shrink } from './shrink.ts';
import type { Outcome } from './world.ts';

const HOLDS: Outcome = { violations: [], mix: {}, trace: [], hash: '', apartFromPrices: [] };

it('a world is shrunk to the acts and accounts that break its invariant', async () => {
  const plan = Array.from({ length: 40 }, (_, seed) => drawPlan(String(seed))).find(
    ({ acts, accounts }) => acts.length > 15 && accounts.length > 3,
  );
  const [guilty, accomplice] = [plan?.acts[3], plan?.acts.at(-2)];
  if (plan === undefined || guilty === undefined || accomplice === undefined) throw new Error('no such plan');
  const breaks = ({ acts }: Plan) => acts.includes(guilty) && acts.includes(accomplice);
  const broken: Outcome = { ...HOLDS, violations: [{ invariant: 'I7 ended in time', text: '' }] };
  const other: Outcome = { ...HOLDS, violations: [{ invariant: 'I8 no key leaked', text: '' }] };
  const run = async (world: Plan) => (breaks(world) ? broken : world.acts.length > 9 ? other : HOLDS);
  const shrunk = await shrink(plan, broken, run);
  expect(shrunk.plan.acts).toEqual([guilty, accomplice]);
  expect(shrunk.outcome).toBe(broken);
  const abouts = shrunk.plan.acts.flatMap((act) => ('about' in act ? [act.about] : []));
  expect(shrunk.plan.accounts.filter((account) => !abouts.includes(account))).toEqual([]);
});
