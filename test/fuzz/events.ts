import { parseEvent } from '../../lambda/core/event.ts';
import { formatSecond, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import {
  CADENCES,
  type Grid,
  isCadence,
  isOnGrid,
  isTimeZone,
  slotAtOrBefore,
  TIME_ZONES,
} from '../../lambda/core/slots.ts';
import { SLOT } from '../support/memory-parts.ts';
import { mutateTree, oddValue } from './mutate.ts';
import { must, mustBeSentence, type Target } from './target.ts';

const GRIDS: readonly Grid[] = Object.keys(CADENCES)
  .filter(isCadence)
  .flatMap((every) =>
    Object.keys(TIME_ZONES)
      .filter(isTimeZone)
      .map((timeZone) => ({ every, timeZone })),
  );

interface Given {
  readonly event: unknown;
  readonly grid: Grid;
  readonly now: Instant;
}

/** What Lambda is invoked with: `parseEvent`. */
export const events: Target<Given> = {
  name: 'events',
  share: 25,
  make(chance) {
    const grid = GRIDS[chance.below(GRIDS.length)] ?? { every: '1h', timeZone: 'UTC' };
    const now = SLOT + chance.below(1_000_000_000);
    const near = chance.pick([
      slotAtOrBefore(grid, now),
      slotAtOrBefore(grid, now + chance.below(10 * MINUTE)),
      now,
      now + chance.below(3 * MINUTE) - 90 * SECOND,
    ]);
    const event: unknown = chance.pick<unknown>([
      { slot: formatSecond(near) },
      { slot: formatSecond(near) },
      { manual: formatSecond(near) },
      { manual: true },
      { check: true },
      oddValue(chance),
    ]);
    const changed = chance.oneIn(2) ? event : mutateTree(chance, event);
    return { event: chance.oneIn(6) ? mutateTree(chance, changed) : changed, grid, now };
  },
  judge({ event, grid, now }) {
    const { value, problem } = parseEvent(event, grid, now);
    if (problem !== undefined) {
      mustBeSentence(problem, /^the event('s (slot|manual|check)| is | does not have )/);
      return 'rejected';
    }
    if (value.kind === 'check') {
      must(JSON.stringify(event) === '{"check":true}', () => 'a check that was not requested');
      return 'check';
    }
    const { kind, slot } = value;
    must(slot % SECOND === 0 && formatSecond(slot).length === 20, () => `the slot ${slot}`);
    must(slot <= now + MINUTE + SECOND, () => `a slot ${slot - now} ms ahead`);
    must(isOnGrid(grid, slot) === (kind === 'slot'), () =>
      kind === 'slot' ? 'a slot off the grid' : 'a manual time on the grid',
    );
    must(kind === 'slot' || slot >= now - MINUTE - SECOND, () => `a manual time ${now - slot} ms ago`);
    if (kind === 'slot')
      must(JSON.stringify(event) === JSON.stringify({ slot: formatSecond(slot) }), () => 'another slot');
    return kind;
  },
};
