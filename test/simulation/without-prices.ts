import { Dice } from './dice.ts';
import { Findings, type Violation } from './findings.ts';
import { Mix } from './mix.ts';
import type { Act, Plan } from './plan.ts';
import { TOTAL_TICKER_FAULTS } from './ticker-faults.ts';
import { type Happening, isApartFromPrices, type Outcome, runWorld } from './world.ts';

// The same world twice: as planned, and with the ticker failing for ever, or never asked. Nothing but prices may differ.

/** One seed in so many is run twice. */
const ONE_IN = 10;

/** Runs a world as planned; if it breaks nothing and its seed is one of those, also without prices, and compares. */
export async function runAndCompare(plan: Plan): Promise<Outcome> {
  const outcome = await runWorld(plan);
  if (outcome.violations.length > 0 || Number(plan.seed) % ONE_IN !== 0) return outcome;
  // What dies at a step of prices does not die without them.
  const { killing, lasting } = split(plan);
  const whole = killing ? await runWorld({ ...plan, acts: lasting }) : outcome;
  const without = await runWorld(withoutPrices(plan));
  const mix = new Mix();
  mix.add(outcome.mix);
  const broken = [whole, without].find(({ violations }) => violations.length > 0);
  if (broken !== undefined) return { ...broken, mix: mix.counts };
  const violations = compare(whole.apartFromPrices, without.apartFromPrices, mix);
  const trace = [...outcome.trace, ...violations.map(({ invariant, text }) => `!! ${invariant}: ${text}`)];
  return { ...outcome, violations, mix: mix.counts, trace };
}

function split({ acts }: Plan): { readonly killing: boolean; readonly lasting: Act[] } {
  const lasting = acts.filter(({ kind }) => kind !== 'kill at prices');
  return { killing: lasting.length < acts.length, lasting };
}

/**
 * The same world without prices: from the beginning, for ever, the ticker of each region fails in one way; or, in some worlds,
 * it is never asked.
 */
export function withoutPrices(plan: Plan): Plan {
  const dice = new Dice(`${plan.seed} without prices`);
  const acts = plan.acts.filter(isApartFromPrices);
  if (dice.chance(0.15, 'never asked')) {
    const never = acts.map(
      (act): Act =>
        act.kind === 'deployed' ? { ...act, deployment: { ...act.deployment, prices: false } } : act,
    );
    return { ...plan, deployment: { ...plan.deployment, prices: false }, acts: never };
  }
  const failing = (['sg', 'id', 'th', 'kr'] as const).map((about): Act => {
    const fault = dice.pick(TOTAL_TICKER_FAULTS, about);
    return { kind: 'ticker', about, fault, at: plan.from, until: Number.POSITIVE_INFINITY };
  });
  return { ...plan, acts: [...failing, ...acts] };
}

/**
 * Compares what happened apart from prices. A run that has to wait for prices may still be busy when the next event comes, which
 * then begins in another process or, if a person waits for it, later: from there on the two worlds are not the same world.
 *
 * @internal exported for its test.
 */
export function compare(one: readonly Happening[], other: readonly Happening[], mix: Mix): Violation[] {
  const findings = new Findings(new Mix());
  const [begun, others] = [one, other].map((list) => list.filter(({ isBeginning }) => isBeginning));
  const until = partedAt(begun ?? [], others ?? []);
  const [these, those] = [one, other].map((list) =>
    list.filter(({ at, isBeginning }) => at < until && !isBeginning),
  );
  const place = firstDifference(these ?? [], those ?? []);
  mix.count('prices', 'worlds compared');
  if (until === Number.POSITIVE_INFINITY) mix.count('prices', 'worlds compared to their end');
  mix.count('prices', 'happenings compared', these?.length ?? 0);
  mix.count('invariant', 'prices change nothing else');
  const show = (list: readonly Happening[] | undefined) => {
    const happening = place === undefined ? undefined : list?.[place];
    return happening === undefined ? 'nothing' : `${new Date(happening.at).toISOString()} ${happening.text}`;
  };
  findings.check(
    'prices change nothing else',
    place === undefined,
    () => `with prices there is ${show(these)}; without them ${show(those)}`,
  );
  return findings.found;
}

/** When the first run begins at another time, or in another process; infinity if none does. */
function partedAt(one: readonly Happening[], other: readonly Happening[]): number {
  const place = firstDifference(one, other);
  if (place === undefined) return Number.POSITIVE_INFINITY;
  return Math.min(one[place]?.at ?? Number.POSITIVE_INFINITY, other[place]?.at ?? Number.POSITIVE_INFINITY);
}

/** The first place where two lists differ; undefined if they are the same. */
function firstDifference(one: readonly Happening[], other: readonly Happening[]): number | undefined {
  for (let place = 0; place < Math.max(one.length, other.length); place += 1) {
    const [a, b] = [one[place], other[place]];
    if (a?.at !== b?.at || a?.text !== b?.text) return place;
  }
  return undefined;
}
