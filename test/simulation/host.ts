/** A process as the services it calls see it: it may die at any moment. */
export interface Host {
  /** False once it has died: then it gets no more answers. */
  readonly isAlive: boolean;
  /** Starts a call. False if it dies at that point, or is dead. */
  begins(what: string): boolean;
  /** Receives an answer. False if it dies at that point, or is dead. */
  hears(what: string): boolean;
}

/** The steps that only prices make. */
export const PRICE_STEPS = { ask: 'ticker', put: 'PutItem of prices' } as const;

/**
 * Whether a step is one that only prices make. Such steps are counted and drawn apart, so that everything else is the same
 * whether they happen or not.
 */
export function isPriceStep(what: string): boolean {
  return what === PRICE_STEPS.ask || what === PRICE_STEPS.put;
}

/** The promise that a dead process awaits. */
export function never<T>(): Promise<T> {
  return new Promise<T>(() => undefined);
}
