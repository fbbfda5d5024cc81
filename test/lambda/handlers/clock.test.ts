import { expect, it, vi } from 'vitest';
import { systemClock } from '../../../lambda/handlers/clock.ts';

vi.mock('node:timers/promises', async (original) => {
  const { setTimeout } = await original<typeof import('node:timers/promises')>();
  // A timer that fires early.
  return { setTimeout: (ms: number, ...more: [unknown, object]) => setTimeout(ms - 1, ...more) };
});

it('a wait is not over early, even if its timer is', async () => {
  for (const ms of [2, 3, 4.5]) {
    const end = systemClock.now() + ms;
    await systemClock.sleep(ms, new AbortController().signal);
    expect(systemClock.now()).toBeGreaterThanOrEqual(Math.floor(end));
  }
});

it('a wait ends when it is aborted, without an error', async () => {
  await systemClock.sleep(60_000, AbortSignal.abort());
  const controller = new AbortController();
  const waiting = systemClock.sleep(60_000, controller.signal);
  controller.abort();
  await waiting;
});
