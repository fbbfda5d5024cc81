import { FAILURES } from '../../lambda/core/failures.ts';
import { AWS_FAULTS } from './aws-call.ts';
import { EXCHANGE_FAULT_NAMES } from './exchange-faults.ts';
import { DELIVERIES, SECRET_CHANGES } from './plan.ts';
import { TICKER_FAULT_NAMES } from './ticker-faults.ts';

/** Everything that must happen in a long run, by group: a kind that never happened was not tested. */
export const KINDS = {
  delivery: [...DELIVERIES, 'lost', 'after a later slot', 'while the slot is running'],
  Lambda: [
    'run in a new process',
    'run in a warm process',
    'run beside another',
    'throttled',
    'killed before a step',
    'killed after a step',
    'killed before a step of prices',
    'killed after a step of prices',
    'retried after an error',
    'retried after a kill',
    'dead letter',
    'processes discarded',
    'process with a wrong clock',
  ],
  Upbit: ['good answer', ...EXCHANGE_FAULT_NAMES],
  ticker: ['good answer', ...TICKER_FAULT_NAMES, 'untradedQuote'],
  prices: [
    'items',
    'stored',
    'stale',
    'write failed',
    'runs without',
    'worlds compared',
    'worlds compared to their end',
    'happenings compared',
  ],
  DynamoDB: ['answered', ...AWS_FAULTS],
  'Secrets Manager': ['answered', ...AWS_FAULTS],
  'the secret': [...SECRET_CHANGES, 'old key deleted'],
  people: [
    'account closed',
    'account reopened',
    'another cadence',
    'another time zone',
    'other regions',
    'manual',
    'check',
  ],
  outcome: ['ok', 'duplicate', ...Object.keys(FAILURES)],
  thrown: [
    'event.invalid',
    'secret.unreadable',
    'secret.unavailable',
    'ledger.unavailable',
    'run.unrecorded',
  ],
  invariant: [
    'I1 one success, never changed',
    'I2 every slot accounted for',
    'I3 observed in time',
    'I4 exact amounts',
    'I5 no account affects another',
    'I6 at most 30 calls a second',
    'I6 no call while blocked',
    'I6 429 waited out, at most three attempts',
    'I7 ended in time',
    'I8 no key leaked',
    'I9 a killed run is completed',
    'I10 a checked answer behind every snapshot',
    'I11 a day is as it was sealed',
    'returned means recorded',
    'final after the settling time',
    'the catalog before the item',
    'the catalog loses nothing',
    'thrown for a reason',
    'points of a coarser grid',
    'gaps as typed',
    'history as typed',
    'history counts the gaps',
    'the total as typed',
    'a new key is found',
    'recoverable failures are retried',
    'calls are well formed',
    'price calls carry no key',
    'price calls are well formed',
    'no price asked for too late',
    'no price asked for while blocked',
    'prices written once',
    'prices of its own slot',
    'prices observed in time',
    'prices as told',
    'prices told are stored',
    'prices are asked for again',
    'prices hold up no run',
    'prices change nothing else',
  ],
} as const satisfies Readonly<Record<string, readonly string[]>>;

export type Group = keyof typeof KINDS;
export type Kind<G extends Group> = (typeof KINDS)[G][number];
export type Invariant = Kind<'invariant'>;

const GROUPS = Object.keys(KINDS).filter((name): name is Group => Object.hasOwn(KINDS, name));

/** What happened, and how often. */
export class Mix {
  readonly counts: Record<string, number> = {};

  count(group: Group, kind: string, times = 1): void {
    const key = `${group}: ${kind}`;
    this.counts[key] = (this.counts[key] ?? 0) + times;
  }

  add(counts: Readonly<Record<string, number>>): void {
    for (const [key, times] of Object.entries(counts)) this.counts[key] = (this.counts[key] ?? 0) + times;
  }

  /** Kinds that never occurred. */
  missing(): string[] {
    return GROUPS.flatMap((group) => KINDS[group].map((kind) => `${group}: ${kind}`)).filter(
      (key) => (this.counts[key] ?? 0) === 0,
    );
  }

  /** A table with one line per kind, including kinds not listed above. */
  table(): string {
    const foreseen = GROUPS.flatMap((group) => KINDS[group].map((kind) => `${group}: ${kind}`));
    const others = Object.keys(this.counts).filter((key) => !foreseen.includes(key));
    const keys = [...foreseen, ...others.sort()];
    const width = Math.max(...keys.map((key) => key.length));
    return keys
      .map((key) => `  ${key.padEnd(width)}  ${(this.counts[key] ?? 0).toLocaleString('en-US').padStart(12)}`)
      .join('\n');
  }
}
