import { describe, expect, it } from 'vitest';
import { chunks, prefetchStreams, readAhead } from '../../../lambda/history/read-ahead.ts';

/** Tasks that end on demand, and their states. */
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

  it('starts a task only when a result has been consumed', async () => {
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

  it('fails with the first failure in order, after the results before it', async () => {
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

  it('leaves no unhandled rejection if the reader stops early', async () => {
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

describe('chunks', () => {
  it.each<[number, number[][]]>([
    [0, []],
    [1, [[1]]],
    [2, [[1, 2]]],
    [3, [[1, 2], [3]]],
    [
      4,
      [
        [1, 2],
        [3, 4],
      ],
    ],
  ])('of %i items, two at a time, leave none out and are never empty', (count, expected) => {
    const things = Array.from({ length: count }, (_, index) => index + 1);
    expect([...chunks(things, 2)]).toEqual(expected);
  });
});

/** Streams of two numbers and a word each, and their states. */
function streams(fails = -1) {
  const begun: number[] = [];
  const ended: number[] = [];
  async function* stream(key: number): AsyncGenerator<number, string> {
    begun.push(key);
    try {
      await Promise.resolve();
      if (key === fails) throw new Error(`stream ${key}`);
      yield key * 10;
      yield key * 10 + 1;
      return `end of ${key}`;
    } finally {
      ended.push(key);
    }
  }
  return { stream, begun, ended };
}

describe('prefetched streams', () => {
  it('are read one after the other to their ends, with what each returns', async () => {
    const { stream, begun } = streams();
    const read: unknown[] = [];
    for await (const [key, steps] of prefetchStreams([0, 1, 2, 3, 4], stream, 3)) {
      read.push(`at ${key} begun ${begun.length}`);
      let step = await steps.next();
      for (; step.done !== true; step = await steps.next()) read.push(step.value);
      read.push(step.value);
    }
    expect(read).toEqual([
      ...['at 0 begun 3', 0, 1, 'end of 0', 'at 1 begun 4', 10, 11, 'end of 1', 'at 2 begun 5', 20, 21],
      ...['end of 2', 'at 3 begun 5', 30, 31, 'end of 3', 'at 4 begun 5', 40, 41, 'end of 4'],
    ]);
  });

  it('start one at a time if requested', async () => {
    const { stream, begun } = streams();
    for await (const [key] of prefetchStreams([0, 1, 2], stream, 1)) expect(begun).toHaveLength(key + 1);
  });

  it('fail in their turn, and all started ones are ended', async () => {
    const { stream, begun, ended } = streams(1);
    const read: number[] = [];
    const reading = async () => {
      for await (const [, steps] of prefetchStreams([0, 1, 2, 3, 4], stream, 3)) {
        for await (const value of steps) read.push(value);
      }
    };
    await expect(reading()).rejects.toThrow('stream 1');
    expect(read).toEqual([0, 1]);
    expect(ended.toSorted()).toEqual(begun.toSorted());
    expect(begun).toHaveLength(4);
  });

  it('are ended when the reader stops', async () => {
    const { stream, begun, ended } = streams();
    for await (const [, steps] of prefetchStreams([0, 1, 2, 3, 4], stream, 3)) {
      await steps.next();
      await steps.return('');
      break;
    }
    expect([begun, ended.toSorted()]).toEqual([
      [0, 1, 2],
      [0, 1, 2],
    ]);
  });
});
