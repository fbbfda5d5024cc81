/** A process that asks others for something, as those see it: from one moment to the next it may be gone. */
export interface Host {
  /** False once it has died: then it gets no answer any more. */
  readonly isAlive: boolean;
  /** Begins to ask for something. False where it dies of that, or is dead. */
  begins(what: string): boolean;
  /** Has got an answer, or is about to. False where it dies of that, or is dead. */
  hears(what: string): boolean;
}

/** What a dead process waits for. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
