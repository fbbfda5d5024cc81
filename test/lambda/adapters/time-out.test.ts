import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { withTimeOut } from '../../../lambda/adapters/time-out.ts';

describe('a time-out', () => {
  it('aborts with a TimeoutError once its time is over', async () => {
    const act = (signal: AbortSignal) => setTimeout(10_000, undefined, { signal });
    await expect(withTimeOut(5, act)).rejects.toMatchObject({
      cause: { name: 'TimeoutError', message: 'the time for it is over' },
    });
  });

  it('gives what was done in time, and its error', async () => {
    expect(await withTimeOut(10_000, async () => 'done')).toBe('done');
    await expect(withTimeOut(10_000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('leaves no timer behind', async () => {
    vi.useFakeTimers();
    try {
      await withTimeOut(10_000, async () => 'done');
      await withTimeOut(10_000, () => Promise.reject(new Error('broken'))).catch(() => undefined);
      expect(vi.getTimerCount()).toBe(0);
    } finally {
      vi.useRealTimers();
    }
  });
});
