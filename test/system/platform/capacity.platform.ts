import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SECOND } from '../../../lambda/core/instant.ts';
import { tolerance } from '../../../lambda/core/slots.ts';
import { createRig, type Rig } from './rig.ts';

// The whole table, for every memory and three times in a row, is in the bench (test/bench/capacity.ts).
describe('the bundle on 0.145 of a processor, as Lambda gives 256 MB', () => {
  let rig: Rig;
  beforeAll(() => {
    rig = createRig();
  });
  afterAll(() => rig.remove());

  it.each([
    ['three regions of 20', { sg: 20, id: 20, th: 20 }],
    ['four regions of 100', { sg: 100, id: 100, th: 100, kr: 100 }],
  ])(
    'faults row 54: %s accounts are recorded at the first attempt: in a first run, a cold one, and warm ones',
    async (_, accounts) => {
      const runs = [{ emptyTable: true }, { cold: true }, {}, {}];
      const all = Object.values(accounts).reduce((sum, count) => sum + count);
      for (const result of await rig.perform({ memory: 256, accounts, runs })) {
        expect(result).toMatchObject({ outcomes: { ok: all }, snapshots: all, attempts: 1 });
        expect(result).not.toHaveProperty('error');
        expect(result.priced).toEqual(Object.keys(accounts));
        expect(result.milliseconds).toBeLessThan(tolerance('1m') - 30 * SECOND);
        // One socket for each write that runs at once, and one for the secret.
        expect(result.connections.aws).toBeLessThan(12);
      }
    },
  );

  it('faults row 54: 400 accounts of one region are recorded, whose share is then the whole', async () => {
    const [first] = await rig.perform({ memory: 256, accounts: { sg: 400 }, runs: [{ emptyTable: true }] });
    expect(first).toMatchObject({ outcomes: { ok: 400 }, snapshots: 400, attempts: 1, priced: ['sg'] });
  });
});
