import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../../lambda/core/instant.ts';
import { tolerance } from '../../../lambda/core/slots.ts';
import { createRig, type Rig } from './rig.ts';
import type { Front, RunResult } from './scenario.ts';

const EACH = 15;
const ACCOUNTS = { sg: EACH, id: EACH, th: EACH, kr: EACH };

/** That every account of these regions has its snapshot, and that there is a failure for every other. */
function expectOthersUnharmed(result: RunResult | undefined, broken: readonly string[]): void {
  const good = Object.keys(ACCOUNTS).filter((region) => !broken.includes(region));
  for (const region of good) expect(result?.byRegion[region], region).toEqual({ ok: EACH });
  for (const region of broken) {
    const codes = Object.keys(result?.byRegion[region] ?? {});
    expect(
      codes.every((code) => /^upbit\.(timeout|unreachable)$|^late$/.test(code)),
      codes.join(),
    ).toBe(true);
  }
  expect(result).toMatchObject({ recorded: 4 * EACH, snapshots: good.length * EACH });
  expect(result).not.toHaveProperty('error');
  expect(result?.milliseconds).toBeLessThan(tolerance('1m') + 10 * SECOND);
}

// Each lasts as long as the tolerance, waiting: so they wait together.
describe.concurrent('a region that does not answer costs no other region a snapshot', () => {
  let rig: Rig;
  beforeAll(() => {
    rig = createRig();
  });
  afterAll(() => rig.remove());

  it.each<[string, Readonly<Record<string, Front>>]>([
    ['its name does not resolve', { th: 'name hangs' }],
    ['nor does that of a second', { th: 'name hangs', sg: 'name hangs' }],
    ['it takes connections and says nothing', { id: 'hangs' }],
  ])('faults row 16b: where %s', async (_, fronts) => {
    const [first] = await rig.perform({
      memory: 256,
      accounts: ACCOUNTS,
      fronts,
      runs: [{ emptyTable: true }],
    });
    expectOthersUnharmed(first, Object.keys(fronts));
  });
});
