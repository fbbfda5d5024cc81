import { describe, expect, it } from 'vitest';
import { Mix } from './mix.ts';
import { drawPlan } from './plan.ts';
import { compare, withoutPrices } from './without-prices.ts';
import { type Happening, isApartFromPrices } from './world.ts';

const item = (at: number, text: string): Happening => ({ at, text, isBeginning: false });
const begins = (at: number, text: string): Happening => ({ at, text, isBeginning: true });

const WORLD = [begins(1, 'run in p1'), item(2, 'a'), item(3, 'b'), begins(5, 'again in p1'), item(6, 'c')];

const found = (other: readonly Happening[]) => compare(WORLD, other, new Mix()).map(({ text }) => text);

describe('two worlds that differ only in their prices', () => {
  it('have the same happenings', () => {
    expect(found(WORLD)).toEqual([]);
  });

  it.each<[string, readonly Happening[]]>([
    ['one lacks', WORLD.filter(({ text }) => text !== 'b')],
    ['one has more of', [...WORLD, item(7, 'd')]],
    ['is other', WORLD.map((one) => (one.text === 'b' ? item(3, 'B') : one))],
    ['comes later', WORLD.map((one) => (one.text === 'b' ? item(4, 'b') : one))],
  ])('show a happening that %s', (_, other) => {
    expect(found(other)).toHaveLength(1);
  });

  it('are compared until a run begins at another time, or in another process', () => {
    const elsewhere = (at: number, text: string) => [
      ...WORLD.slice(0, 3),
      begins(at, text),
      item(at + 1, 'C'),
    ];
    expect(found(elsewhere(5, 'again in p2'))).toEqual([]);
    expect(found(elsewhere(9, 'again in p1'))).toEqual([]);
    expect(found(elsewhere(2, 'again in p2'))).toEqual([]);
    expect(found([...elsewhere(5, 'again in p2'), item(4, 'late')])).toHaveLength(1);
  });
});

it('a world without prices has every other act of its own, and a ticker that fails or is never asked', () => {
  const ways = new Set<string>();
  for (let seed = 1; seed <= 40; seed += 1) {
    const plan = drawPlan(String(seed));
    const { acts, deployment } = withoutPrices(plan);
    const kinds = plan.acts.filter(isApartFromPrices).map(({ kind, at }) => `${kind} ${at}`);
    const rest = acts.filter(isApartFromPrices).map(({ kind, at }) => `${kind} ${at}`);
    expect(rest).toEqual(kinds);
    const failing = acts.filter((act) => act.kind === 'ticker' && act.until === Number.POSITIVE_INFINITY);
    expect(failing).toHaveLength(deployment.prices || acts.length > rest.length ? 4 : 0);
    ways.add(failing.length === 4 ? 'fails' : 'is never asked');
  }
  expect(ways).toEqual(new Set(['fails', 'is never asked']));
});
