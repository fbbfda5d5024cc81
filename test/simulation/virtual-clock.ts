import type { Instant } from '../../lambda/core/instant.ts';

/** A scheduled event. */
interface Due {
  readonly at: Instant;
  /** Of two events at the same time, the one scheduled first runs first. */
  readonly order: number;
  act: (() => void) | undefined;
}

/** Cancels an event; does nothing if it is already over. */
export type Cancel = () => void;

const turn = setImmediate;

/**
 * The time of a simulated world, with all its events in one queue. Time stands still while any code is
 * still running: the next event happens only when every promise that can continue has done so. The order of events is
 * therefore decided by the queue alone, and the same in every replay.
 */
export class VirtualClock {
  #now: Instant;
  #count = 0;
  readonly #heap: Due[] = [];

  constructor(now: Instant) {
    this.#now = now;
  }

  now = (): Instant => this.#now;

  /** Schedules an event at a time, in whole milliseconds; if that is past, right after what is now running. */
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

  /** Runs all events, one after the other, until none are left or `isOver`. */
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

/** Resolves when every promise that can continue without another event has done so. */
function settled(): Promise<void> {
  return new Promise((resolve) => turn(() => resolve()));
}
