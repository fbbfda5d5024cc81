import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../../infra/local/upbit-faults.ts';
import { formatSecond, SECOND } from '../../../lambda/core/instant.ts';
import { startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

/**
 * Runs one slot with `seconds`, five of them reserved for writing, and measures its real time. An attempt's five
 * seconds are real time, so the simulated clock is advanced by the length of the attempt.
 */
async function runWith(fault: 'silence' | 'drip', seconds: number, calls = Number.POSITIVE_INFINITY) {
  const parts = await startLocalParts(['sg/main', 'id/main']);
  try {
    parts.upbit.fault = ({ region, count }) => {
      if (region !== 'sg' || count > calls) return undefined;
      parts.clock.set(parts.clock.now() + Math.min(5, seconds - 5) * SECOND);
      return FAULTS[fault];
    };
    const begun = performance.now();
    await parts.cold()({ slot: formatSecond(SLOT) }, SLOT + seconds * SECOND);
    const took = (performance.now() - begun) / SECOND;
    expect(await parts.item('id/main')).toMatchObject({ balances: [{ currency: 'ADA' }] });
    return { item: await parts.item('sg/main'), took };
  } finally {
    await parts.close();
  }
}

describe.concurrent('an answer that never arrives', () => {
  it.each([
    ['faults row 18: silence', 'silence'],
    ['faults row 19: a byte a second', 'drip'],
  ] as const)('%s ends after five seconds, and is a time-out', async (_, fault) => {
    const { item, took } = await runWith(fault, 10.5);
    expect(item).toMatchObject({ failure: 'upbit.timeout', attempts: 1 });
    expect(took).toBeGreaterThan(4.9);
    expect(took).toBeLessThan(15);
  });

  it('faults row 18: silence at first costs no snapshot', async () => {
    const { item } = await runWith('silence', 30, 1);
    expect(item).toMatchObject({ balances: [{ currency: 'ADA' }] });
  });

  it('faults row 19: what our own deadline cuts off is not counted as Upbit’s failure', async () => {
    const { item } = await runWith('drip', 6);
    expect(item).toMatchObject({ failure: 'deadline', attempts: 1 });
  });
});
