import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, vi } from 'vitest';
import { withTimeOut } from '../../../lambda/adapters/time-out.ts';

describe('a timeout', () => {
  it('aborts with a TimeoutError when its time is up', async () => {
    const act = (signal: AbortSignal) => setTimeout(10_000, undefined, { signal });
    await expect(withTimeOut(5, act)).rejects.toMatchObject({
      name: 'TimeoutError',
      message: 'no answer within 0.005 s',
    });
  });

  it('passes on a result or an error that comes in time', async () => {
    expect(await withTimeOut(10_000, async () => 'done')).toBe('done');
    await expect(withTimeOut(10_000, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  });

  it('ends what does not listen to its signal, with the same error', async () => {
    await expect(withTimeOut(5, () => new Promise(() => undefined))).rejects.toMatchObject({
      name: 'TimeoutError',
    });
  });

  it('takes the result of what ends by its signal', async () => {
    const act = (signal: AbortSignal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve('as far as it came')));
    expect(await withTimeOut(5, act)).toBe('as far as it came');
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
