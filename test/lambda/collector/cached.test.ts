import { describe, expect, it } from 'vitest';
import { Cached } from '../../../lambda/collector/cached.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';

function counting() {
  let now = 0;
  let reads = 0;
  let broken = false;
  const cached = new Cached(
    async () => {
      if (broken) throw new Error('down');
      reads += 1;
      return reads;
    },
    () => now,
  );
  return {
    cached,
    reads: () => reads,
    wait: (ms: number) => {
      now += ms;
    },
    break: (state: boolean) => {
      broken = state;
    },
  };
}

describe('a cached value', () => {
  it('is read once, and again when it is 15 minutes old', async () => {
    const { cached, wait } = counting();
    expect(await cached.get()).toEqual({ value: 1, earlier: false });
    wait(15 * MINUTE - 1);
    expect(await cached.get()).toEqual({ value: 1, earlier: true });
    wait(1);
    expect(await cached.get()).toEqual({ value: 2, earlier: false });
  });

  it('is used until it is an hour old if it cannot be read again', async () => {
    const { cached, wait, break: breakIt } = counting();
    await cached.get();
    breakIt(true);
    wait(HOUR);
    expect(await cached.get()).toEqual({ value: 1, earlier: true });
    wait(1);
    await expect(cached.get()).rejects.toThrow('down');
    breakIt(false);
    expect(await cached.get()).toEqual({ value: 2, earlier: false });
  });

  it.each([
    ['secret.unavailable', true],
    ['ledger.unavailable', true],
    ['secret.unreadable', false],
    ['ledger.foreign', false],
  ] as const)('that cannot be read again because of %s is served from memory: %s', async (code, serves) => {
    let reads = 0;
    let now = 0;
    const cached = new Cached(
      async () => {
        reads += 1;
        if (reads > 1) throw new CodedError(code, 'told so');
        return reads;
      },
      () => now,
    );
    await cached.get();
    now = 15 * MINUTE;
    const again = await cached.get().catch((error: unknown) => error);
    expect(again).toEqual(serves ? { value: 1, earlier: true } : expect.objectContaining({ code }));
  });

  it('throws what the read threw if nothing was read before', async () => {
    const { cached, break: breakIt } = counting();
    breakIt(true);
    await expect(cached.get()).rejects.toThrow('down');
  });

  it('is read once for concurrent calls', async () => {
    const { cached, reads } = counting();
    const all = await Promise.all([cached.get(), cached.get(), cached.reload()]);
    expect(all).toEqual([{ value: 1, earlier: false }, { value: 1, earlier: false }, 1]);
    expect(reads()).toBe(1);
  });

  it('keeps a change until a reload reads it again', async () => {
    const { cached } = counting();
    await cached.get();
    cached.update((value) => value + 100);
    expect(await cached.get()).toEqual({ value: 101, earlier: true });
    expect(await cached.reload()).toBe(2);
  });

  it('that has not been read yet is not changed', async () => {
    const { cached } = counting();
    cached.update((value) => value + 100);
    expect(await cached.get()).toEqual({ value: 1, earlier: false });
  });

  it('ages from the time it was read, whatever the year', async () => {
    const { cached, wait } = counting();
    wait(Date.UTC(2026, 10, 22));
    await cached.get();
    wait(MINUTE);
    expect(await cached.get()).toEqual({ value: 1, earlier: true });
  });

  it('is read again if the clock was set back', async () => {
    const { cached, wait } = counting();
    await cached.get();
    wait(-HOUR);
    expect(await cached.get()).toEqual({ value: 2, earlier: false });
  });
});
