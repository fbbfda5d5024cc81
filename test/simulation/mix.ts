import { FAILURES } from '../../lambda/core/failures.ts';
import { AWS_FAULTS } from './aws-call.ts';
import { EXCHANGE_FAULT_NAMES } from './exchange-faults.ts';
import { DELIVERIES, SECRET_CHANGES } from './plan.ts';

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
    'retried after an error',
    'retried after a kill',
    'dead letter',
    'processes discarded',
    'process with a wrong clock',
  ],
  Upbit: ['good answer', ...EXCHANGE_FAULT_NAMES],
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
