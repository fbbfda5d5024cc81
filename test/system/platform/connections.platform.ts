import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { createRig, type Rig } from './rig.ts';

const ACCOUNTS = { sg: 8, id: 8 };
const ALL = 16;

describe('the bundle on 256 MB', () => {
  let rig: Rig;
  beforeAll(() => {
    rig = createRig();
  });
  afterAll(() => rig.remove());

  it('asks again after a TLS alert', async () => {
    const fronts = { sg: 'tls alert once' } as const;
    const [first] = await rig.perform({
      memory: 256,
      accounts: ACCOUNTS,
      fronts,
      runs: [{ emptyTable: true }],
    });
    expect(first).toMatchObject({ outcomes: { ok: ALL }, snapshots: ALL });
    expect(first?.attempts).toBeGreaterThan(1);
  });

  it('finds its connections dead after it was frozen, and loses nothing', async () => {
    const results = await rig.perform({
      memory: 256,
      accounts: ACCOUNTS,
      runs: [{ emptyTable: true }, { thaw: 'connections reset' }, { thaw: 'connections silently dead' }, {}],
    });
    for (const result of results) expect(result).toMatchObject({ outcomes: { ok: ALL }, snapshots: ALL });
  });

  it('records a slot as late where its clock has jumped ten minutes on, and the next as usual', async () => {
    const [, jumped, after] = await rig.perform({
      memory: 256,
      accounts: ACCOUNTS,
      runs: [{ emptyTable: true }, { clockOff: 10 * MINUTE }, { clockOff: -30 * SECOND }],
    });
    expect(jumped).toMatchObject({ outcomes: { late: ALL }, recorded: ALL, snapshots: 0 });
    expect(after).toMatchObject({ outcomes: { ok: ALL }, snapshots: ALL });
  });

  it('has memory and time for accounts of 1,000 currencies', async () => {
    const fronts = { sg: 'large', id: 'large' } as const;
    const accounts = { sg: 30, id: 30 };
    const [first] = await rig.perform({ memory: 256, accounts, fronts, runs: [{ emptyTable: true }] });
    expect(first).toMatchObject({ outcomes: { ok: 60 }, snapshots: 60, attempts: 1 });
    // The schedule, and of each account its entry and its snapshot, and of each region its prices: no write had to be repeated.
    expect(first?.calls['PutItem']).toBeLessThanOrEqual(123);
    expect(first?.memory).toBeLessThan(256);
  });
});
