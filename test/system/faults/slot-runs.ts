import { afterAll, beforeAll, expect } from 'vitest';
import type { Call } from '../../../infra/local/simulated-upbit.ts';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { type AccountName, regionOf } from '../../../lambda/core/account.ts';
import { formatSecond, HOUR, type Instant, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { type Entry, isFailure } from '../../../lambda/core/snapshot.ts';
import { type LocalParts, startLocalParts } from '../../support/local-parts.ts';
import { SLOT } from '../../support/memory-parts.ts';

/** The outcome of one slot of `sg/main`. */
export interface SlotRun {
  readonly slot: Instant;
  readonly item: Entry | undefined;
  /** When Upbit was called, in milliseconds after the slot. */
  readonly asked: readonly number[];
  /** Its log line. */
  readonly logged: Readonly<Record<string, unknown>>;
}

/** How Upbit treats the n-th call (from 1) of a run. */
export type Trouble = Fault | ((nth: number, at: Instant) => Fault | undefined);

export interface SlotRuns {
  parts(): LocalParts;
  /**
   * Runs a new slot in a cold process, a second after it is due, while Upbit treats `sg/main` so; and checks that
   * the account of another region has its snapshot regardless.
   */
  run(trouble: Trouble, options?: { readonly seconds?: number }): Promise<SlotRun>;
}

/** The parts shared by the tests of one file, started before and stopped after them. */
export function slotRuns(): SlotRuns {
  let parts: LocalParts | undefined;
  let hour = 0;
  beforeAll(async () => {
    parts = await startLocalParts(['sg/main', 'id/main']);
  });
  afterAll(() => parts?.close());
  const started = () => {
    if (parts === undefined) throw new Error('not started');
    return parts;
  };
  return {
    parts: started,
    async run(trouble, { seconds = (5 * MINUTE) / SECOND } = {}) {
      const { clock, upbit, written, cold, item } = started();
      const slot = SLOT + hour * HOUR;
      hour += 1;
      clock.set(slot + SECOND);
      const [calls, lines] = [upbit.calls.length, written.length];
      const before = callsOf('sg/main', upbit.calls).length;
      upbit.fault = ({ region, count, at }) => {
        if (region !== 'sg') return undefined;
        return typeof trouble === 'function' ? trouble(count - before, at) : trouble;
      };
      // Prices have tests of their own; here they would be calls of the same hosts.
      const process = cold({ variables: { PRICES: 'false' } });
      await process({ slot: formatSecond(slot) }, slot + seconds * SECOND);
      const other = await item('id/main', slot);
      expect(other !== undefined && !isFailure(other), 'the other region has its snapshot').toBe(true);
      return {
        slot,
        item: await item('sg/main', slot),
        asked: callsOf('sg/main', upbit.calls.slice(calls)).map(({ at }) => at - slot),
        logged: written
          .slice(lines)
          .map((line) => JSON.parse(line))
          .find(({ account }) => account === 'sg/main'),
      };
    },
  };
}

/** The calls to the simulated Upbit for an account, in order. */
export function callsOf(account: AccountName, calls: readonly Call[]): Call[] {
  const name = account.split('/')[1];
  return calls.filter(({ accessKey }) => accessKey === `fake-access-${regionOf(account)}-${name}`);
}

/** A 200 with this body, whatever the account holds. */
export function answering(body: unknown): Fault {
  const headers = { 'content-type': 'application/json; charset=utf-8' };
  return { kind: 'answer', status: 200, headers, body: JSON.stringify(body) };
}

/** The fault on the first call only. */
export function once(fault: keyof typeof FAULTS): Trouble {
  return (nth) => (nth === 1 ? FAULTS[fault] : undefined);
}
