import type { AccountName } from '../../lambda/core/account.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Collector } from '../../lambda/handlers/assemble.ts';
import { type Host, isPriceStep } from './host.ts';
import type { Act, Deployment } from './plan.ts';
import type { SecretText } from './secret-model.ts';
import type { ExchangeCall, ExchangeTold } from './simulated-exchange.ts';

/** How a run ended. */
export type Ending =
  | { readonly kind: 'returned'; readonly report: unknown }
  | { readonly kind: 'threw'; readonly error: unknown }
  /** The process died in it. */
  | { readonly kind: 'killed' }
  /** The platform killed it. */
  | { readonly kind: 'timed out' };

export interface Told {
  readonly call: ExchangeCall;
  readonly told: ExchangeTold;
  /** By the clock of the process. */
  readonly at: Instant;
}

/** One run of the collector, as seen from outside: its calls and their answers. */
export interface Run {
  readonly id: string;
  readonly process: Process;
  readonly kind: 'slot' | 'manual' | 'check';
  /** As in the item's key. */
  readonly slot: string | undefined;
  readonly begun: Instant;
  readonly asked: ExchangeCall[];
  readonly told: Told[];
  /** The secret's texts that it has read. */
  readonly texts: SecretText[];
  /** The secret as its process had it in memory. */
  readonly held: SecretText | undefined;
  /** The secret's text that it uses: the last one read before the first call to Upbit, else the one in memory. */
  called: SecretText | undefined;
  /** Until when accounts are blocked, by the catalog when the run began, or when it read the catalog. */
  blocked: ReadonlyMap<string, Instant>;
  hasReadCatalog: boolean;
  /** Which accounts the catalog expected when the run began. */
  readonly open: ReadonlySet<string>;
  /** Whether AWS refused it anything but the write of its prices. */
  dynamoDbFailed: boolean;
  secretsFailed: boolean;
  /** Whether AWS refused it the write of its prices. */
  priceWriteFailed: boolean;
  /** When it logged that all accounts are decided. */
  decidedAt: Instant | undefined;
  endedAt: Instant | undefined;
}

export type Kill = Extract<Act, { readonly kind: 'kill' | 'kill at prices' }>;

/** A process of the collector: a Lambda execution environment. */
export class Process implements Host {
  readonly id: string;
  readonly deployment: Deployment;
  /** How far its clock is ahead. */
  readonly ahead: number;
  readonly bornAt: Instant;
  isAlive = true;
  collector: Collector | undefined;
  run: Run | undefined;
  runs = 0;
  /** The last text of the secret that it could read. */
  text: SecretText | undefined;
  /** Blocks that it has met itself, by its own clock. */
  readonly blocked = new Map<AccountName, Instant>();
  readonly blockedRegions = new Map<Region, Instant>();
  /** All its runs, in order. */
  readonly history: Run[] = [];
  /** The moment at which it will die. */
  kill: Kill | undefined;
  /** The same, counted in the steps that only prices make. */
  killAtPrices: Kill | undefined;
  died: ((kill: Kill | undefined) => void) | undefined;
  #steps = 0;
  #priceSteps = 0;

  constructor(id: string, deployment: Deployment, ahead: number, bornAt: Instant) {
    this.id = id;
    this.deployment = deployment;
    this.ahead = ahead;
    this.bornAt = bornAt;
  }

  /** How many steps its run has made. */
  get steps(): number {
    return this.#steps;
  }

  begin(run: Run): void {
    this.run = run;
    this.history.push(run);
    this.runs += 1;
    this.#steps = 0;
    this.#priceSteps = 0;
  }

  begins(what: string): boolean {
    if (isPriceStep(what)) this.#priceSteps += 1;
    else this.#steps += 1;
    return this.#lives('before', what);
  }

  hears(what: string): boolean {
    return this.#lives('after', what);
  }

  die(kill = this.kill): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    this.died?.(kill);
  }

  #lives(side: Kill['side'], what: string): boolean {
    const [kill, steps] = isPriceStep(what)
      ? [this.killAtPrices, this.#priceSteps]
      : [this.kill, this.#steps];
    if (this.isAlive && kill?.side === side && steps >= kill.step) this.die(kill);
    return this.isAlive;
  }
}
