import { describe, expect, it } from 'vitest';
import { readAhead } from '../../lambda/read-ahead.ts';

/** Tasks that end when they are told to, and what has become of them. */
function controlled(count: number) {
  const ends: (() => void)[] = [];
  const tasks = Array.from({ length: count }, (_, index) => () => {
    return new Promise<number>((resolve) => {
      ends[index] = () => resolve(index);
    });
  });
  return { tasks, begun: () => ends.length, end: (index: number) => ends[index]?.() };
}

describe('reading ahead', () => {
  it('keeps the order of the tasks, whichever ends first', async () => {
    const { tasks, end } = controlled(3);
    const results = readAhead(tasks, 3);
    const first = results.next();
    for (const index of [2, 1, 0]) end(index);
    expect(await first).toEqual({ done: false, value: 0 });
    expect(await results.next()).toEqual({ done: false, value: 1 });
    expect(await results.next()).toEqual({ done: false, value: 2 });
    expect(await results.next()).toEqual({ done: true, value: undefined });
  });

  it('begins a task only when one has been taken', async () => {
    const { tasks, begun, end } = controlled(10);
    const results = readAhead(tasks, 4);
    const first = results.next();
    expect(begun()).toBe(4);
    for (const index of [0, 1, 2, 3]) end(index);
    await first;
    expect(begun()).toBe(4);
    await results.next();
    expect(begun()).toBe(5);
  });

  it('fails with the first that fails in order, after what came before it', async () => {
    const tasks = [
      () => Promise.resolve(1),
      () => Promise.reject(new Error('second')),
      () => Promise.reject(new Error('third')),
    ];
    const seen: number[] = [];
    const reading = async () => {
      for await (const result of readAhead(tasks, 3)) seen.push(result);
    };
    await expect(reading()).rejects.toThrow('second');
    expect(seen).toEqual([1]);
  });

  it('leaves no rejection behind where the reader stops early', async () => {
    const unhandled: unknown[] = [];
    const listener = (reason: unknown) => unhandled.push(reason);
    process.on('unhandledRejection', listener);
    for await (const _ of readAhead([() => Promise.resolve(1), () => Promise.reject(new Error('late'))], 2))
      break;
    await new Promise((resolve) => setTimeout(resolve, 5));
    process.off('unhandledRejection', listener);
    expect(unhandled).toEqual([]);
  });
});
