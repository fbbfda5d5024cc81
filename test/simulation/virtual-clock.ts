import type { Instant } from '../../lambda/core/instant.ts';

/** Something that is to happen. */
interface Due {
  readonly at: Instant;
  /** Of two things at the same time, the one that was asked for first comes first. */
  readonly order: number;
  act: (() => void) | undefined;
}

/** Takes back what was asked for; nothing happens where it is over already. */
export type Cancel = () => void;

const turn = setImmediate;

/**
 * The time of a simulated world, and all that is to happen in it, in one queue. Time stands still while anybody is
 * still at work: the next thing happens only when every promise that could go on has gone on. What happens when is
 * therefore decided by the queue alone, and the same at every replay.
 */
export class VirtualClock {
  #now: Instant;
  #count = 0;
  readonly #heap: Due[] = [];

  constructor(now: Instant) {
    this.#now = now;
  }

  now = (): Instant => this.#now;

  /** Lets something happen at a time, in whole milliseconds; at once, but after what is under way, where that is past. */
  at(time: Instant, act: () => void): Cancel {
    const due: Due = { at: Math.ceil(Math.max(time, this.#now)), order: this.#count, act };
    this.#count += 1;
    this.#push(due);
    return () => {
      due.act = undefined;
    };
  }

  after(milliseconds: number, act: () => void): Cancel {
    return this.at(this.#now + Math.max(0, milliseconds), act);
  }

  /** Lets everything happen, one thing after the other, until nothing is left to happen or `isOver`. */
  async run(isOver: () => boolean): Promise<void> {
    await settled();
    for (let due = this.#pop(); due !== undefined && !isOver(); due = this.#pop()) {
      if (due.act === undefined) continue;
      this.#now = due.at;
      due.act();
      await settled();
    }
  }

  #push(due: Due): void {
    const heap = this.#heap;
    let index = heap.push(due) - 1;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || isBefore(above, due)) break;
      heap[index] = above;
      index = parent;
    }
    heap[index] = due;
  }

  #pop(): Due | undefined {
    const heap = this.#heap;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let index = 0;
    for (;;) {
      const [left, right] = [heap[2 * index + 1], heap[2 * index + 2]];
      const isRight = right !== undefined && left !== undefined && isBefore(right, left);
      const child = isRight ? right : left;
      if (child === undefined || isBefore(last, child)) break;
      heap[index] = child;
      index = 2 * index + (isRight ? 2 : 1);
    }
    heap[index] = last;
    return first;
  }
}

function isBefore(a: Due, b: Due): boolean {
  return a.at < b.at || (a.at === b.at && a.order < b.order);
}

/** Resolves when every promise that can go on without anything happening has gone on. */
function settled(): Promise<void> {
  return new Promise((resolve) => turn(() => resolve()));
}
