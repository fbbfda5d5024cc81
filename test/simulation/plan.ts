import type { AccountName } from '../../lambda/core/account.ts';
import { DAY, HOUR, type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { REGIONS as REGIONS_OF_UPBIT, type Region } from '../../lambda/core/regions.ts';
import type { Grid } from '../../lambda/core/slots.ts';
import { AWS_FAULTS, type AwsFault } from './aws-call.ts';
import { ALL_CADENCES, ALL_TIME_ZONES, lengthOf, slotAfter, textOf, toleranceOf } from './calendar.ts';
import { Dice, type Weighted } from './dice.ts';
import { EXCHANGE_FAULT_NAMES, type ExchangeFaultName } from './exchange-faults.ts';
import { TICKER_FAULT_NAMES, type TickerFaultName } from './ticker-faults.ts';

/** How the collector is deployed. */
export interface Deployment extends Grid {
  readonly regions: readonly Region[];
  /** Whether prices are taken. */
  readonly prices: boolean;
}

/** Changes to the secret, temporary or permanent. */
export const SECRET_CHANGES = [
  'added',
  'removed',
  'rotated',
  'entry spoilt',
  'region spoilt',
  'key twice',
  'odd extra names',
  'white space around',
  'emptied',
  'without a value',
  'deleted',
  'not JSON',
] as const;
export type SecretChange = (typeof SECRET_CHANGES)[number];

export const DELIVERIES = [
  'on time',
  'a minute late',
  'minutes late',
  'in the last moment',
  'hours late',
  'again',
] as const;

interface During {
  readonly at: Instant;
  /** Infinity if it is permanent. */
  readonly until: Instant;
}

/** One event in a world. Everything abnormal is one of these, so it can be removed. */
export type Act =
  /** The Scheduler delivers an event. */
  | {
      readonly kind: 'delivery';
      readonly how: (typeof DELIVERIES)[number];
      readonly at: Instant;
      readonly slot: Instant;
    }
  | ({
      readonly kind: 'upbit';
      readonly about: AccountName | Region;
      readonly fault: ExchangeFaultName;
    } & During)
  | ({ readonly kind: 'ticker'; readonly about: Region; readonly fault: TickerFaultName } & During)
  /** A region trades nothing in one of the currencies that are asked for. */
  | ({ readonly kind: 'quote untraded'; readonly about: Region; readonly quote: string } & During)
  | ({
      readonly kind: 'dynamodb';
      readonly fault: AwsFault;
      readonly operation: 'PutItem' | 'Query' | 'all';
      /** The share of the attempts in that time. */
      readonly share: number;
    } & During)
  | ({ readonly kind: 'secrets manager'; readonly fault: AwsFault; readonly share: number } & During)
  | ({ readonly kind: 'secret'; readonly change: SecretChange; readonly about: AccountName } & During)
  /** Upbit deletes the key that has been replaced. */
  | { readonly kind: 'old key deleted'; readonly at: Instant; readonly about: AccountName }
  | { readonly kind: 'account closed'; readonly at: Instant; readonly about: AccountName }
  | { readonly kind: 'deployed'; readonly at: Instant; readonly deployment: Deployment }
  /** The n-th run of a slot dies at its k-th step. */
  | {
      readonly kind: 'kill';
      readonly at: Instant;
      readonly nth: number;
      readonly step: number;
      readonly side: 'before' | 'after';
    }
  /** The n-th run of a slot dies at its k-th step of those that only prices make. */
  | {
      readonly kind: 'kill at prices';
      readonly at: Instant;
      readonly nth: number;
      readonly step: number;
      readonly side: 'before' | 'after';
    }
  | ({ readonly kind: 'throttle' } & During)
  /** Lambda discards all idle processes. */
  | { readonly kind: 'recycle'; readonly at: Instant }
  /** New processes have a wrong clock. */
  | ({ readonly kind: 'clock off'; readonly by: number; readonly share: number } & During)
  | { readonly kind: 'manual'; readonly at: Instant; readonly times: number }
  | { readonly kind: 'check'; readonly at: Instant };

/** Everything that one seed decides in advance. */
export interface Plan {
  readonly seed: string;
  readonly from: Instant;
  readonly deployment: Deployment;
  /** All accounts. Those not added later exist from the start. */
  readonly accounts: readonly AccountName[];
  /** How many items or keys DynamoDB returns at a time. */
  readonly page: number;
  /** How far Upbit's clock is ahead. */
  readonly ahead: number;
  /** Slots that the Scheduler skipped. */
  readonly lost: number;
  /** In order of time. */
  readonly acts: readonly Act[];
}

const REGIONS: readonly Region[] = ['sg', 'id', 'th', 'kr'];
const NAMES = ['main', 'b', 'old-1', 'x9'];
const BEGIN = Date.UTC(2026, 10, 22);

/** How long an event lasts: a moment, a few passes, a whole slot, longer. */
const LENGTHS: Weighted<number> = [
  [4, SECOND],
  [4, 5 * SECOND],
  [3, 25 * SECOND],
  [3, 110 * SECOND],
  [3, 10 * MINUTE],
  [1, 3 * HOUR],
];

/** Draws a world. The same seed gives the same world, to the last latency. */
export function drawPlan(seed: string): Plan {
  const dice = new Dice(seed);
  const regions = drawRegions(dice, 'first');
  const deployment = { ...drawGrid(dice, 'first'), regions, prices: dice.chance(0.9, 'first prices') };
  const accounts = drawAccounts(dice, regions);
  const from = BEGIN + dice.between(0, 40_000, 'from') * MINUTE + dice.between(0, 59_999, 'from ms');
  const draft = new Draft(dice, accounts, deployment, from);
  return {
    seed,
    from,
    deployment,
    accounts,
    page: dice.weighted<number>(
      [
        [3, 1_000],
        [1, 1],
        [2, 3],
      ],
      'page',
    ),
    ahead: dice.weighted<number>(
      [
        [6, 0],
        [1, 1_400],
        [1, -1_400],
        [1, 30 * SECOND],
        [1, -40 * SECOND],
      ],
      'ahead',
    ),
    lost: draft.lost,
    acts: draft.acts,
  };
}

function drawGrid(dice: Dice, about: string): Grid {
  return {
    every: dice.pick(ALL_CADENCES, `${about} every`),
    timeZone: dice.pick(ALL_TIME_ZONES, `${about} zone`),
  };
}

function drawRegions(dice: Dice, about: string): Region[] {
  return dice.some(REGIONS, 3, `${about} regions`).sort();
}

function drawAccounts(dice: Dice, regions: readonly Region[]): AccountName[] {
  const all = regions.flatMap((region) => NAMES.map((name): AccountName => `${region}/${name}`));
  return dice.some(all, 6, 'accounts');
}

/** A world while it is being drawn. */
class Draft {
  readonly acts: Act[];
  lost = 0;
  readonly #dice: Dice;
  readonly #accounts: readonly AccountName[];
  /** How much goes wrong in this world. */
  readonly #trouble: number;
  readonly #found: Act[] = [];
  #deployment: Deployment;
  readonly #index: number = 0;

  constructor(dice: Dice, accounts: readonly AccountName[], deployment: Deployment, from: Instant) {
    this.#dice = dice;
    this.#accounts = accounts;
    this.#deployment = deployment;
    this.#trouble = dice.weighted<number>(
      [
        [1, 0],
        [3, 0.5],
        [4, 1],
        [2, 2],
      ],
      'trouble',
    );
    this.#beginning(from);
    let slot = from;
    for (const count = dice.between(2, 7, 'slots'); this.#index < count; this.#index += 1) {
      slot = slotAfter(this.#deployment, slot);
      this.#slot(slot);
      slot = this.#between(slot);
    }
    this.acts = this.#found.sort((a, b) => a.at - b.at);
  }

  /** True with this probability, scaled by how much goes wrong. */
  #goesWrong(probability: number, about: string): boolean {
    return this.#dice.chance(probability * this.#trouble, `${this.#index} ${about}`);
  }

  #length(about: string): number {
    return this.#dice.weighted(LENGTHS, `${this.#index} ${about} length`);
  }

  /** What holds from the start. */
  #beginning(from: Instant): void {
    const dice = this.#dice;
    const every = lengthOf(this.#deployment.every);
    for (const about of this.#accounts) {
      if (dice.chance(0.15, `${about} added`)) {
        const at = from + dice.number(`${about} when`) * 3 * every;
        this.#found.push({ kind: 'secret', change: 'added', about, at, until: Number.POSITIVE_INFINITY });
      }
    }
    if (this.#goesWrong(0.12, 'clock off')) {
      const by = dice.pick([-30, 30, -3, 3, -600, 600, 45], 'clock') * SECOND;
      const share = dice.pick([1, 0.4], 'clock share');
      this.#found.push({ kind: 'clock off', by, share, at: from, until: Number.POSITIVE_INFINITY });
    }
    for (const about of this.#deployment.regions) {
      if (!dice.chance(0.15, `untraded ${about}`)) continue;
      const quote = dice.pick([REGIONS_OF_UPBIT[about].fiat, 'USDT', 'BTC'], `untraded ${about} quote`);
      const until = dice.chance(0.5, `untraded ${about} for good`)
        ? Number.POSITIVE_INFINITY
        : from + dice.number(`untraded ${about} until`) * 4 * every;
      this.#found.push({ kind: 'quote untraded', about, quote, at: from, until });
    }
    if (dice.chance(0.08, 'no value')) {
      const about = dice.pick(this.#accounts, 'no value for');
      const change = dice.pick(['without a value', 'emptied'] as const, 'no value how');
      this.#found.push({ kind: 'secret', change, about, at: from, until: from + 1.5 * every });
    }
  }

  #slot(slot: Instant): void {
    this.#deliveries(slot);
    const dice = this.#dice;
    const on = (about: string) => `${this.#index} ${about}`;
    const begin = slot - SECOND;
    for (const about of [...this.#accounts, ...this.#deployment.regions]) {
      const isRegion = !about.includes('/');
      if (!this.#goesWrong(isRegion ? 0.03 : 0.22, `upbit ${about}`)) continue;
      const fault = dice.pick(EXCHANGE_FAULT_NAMES, on(`upbit ${about} fault`));
      const at = begin + (dice.chance(0.2, on(`upbit ${about} later`)) ? 3 * SECOND : 0);
      this.#found.push({ kind: 'upbit', about, fault, at, until: at + this.#length(`upbit ${about}`) });
    }
    this.#priceTrouble(slot);
    this.#awsTrouble(begin);
    if (this.#goesWrong(0.15, 'kill')) this.#kill(slot);
    if (this.#goesWrong(0.05, 'throttle'))
      this.#found.push({ kind: 'throttle', at: begin, until: begin + this.#length('throttle') });
    if (dice.chance(0.15, on('recycle'))) this.#found.push({ kind: 'recycle', at: begin });
    if (dice.chance(0.06, on('manual'))) {
      const at = slot + dice.between(0, lengthOf(this.#deployment.every), on('manual at'));
      this.#found.push({ kind: 'manual', at, times: dice.between(1, 2, on('times')) });
    }
    if (dice.chance(0.05, on('check')))
      this.#found.push({ kind: 'check', at: slot + dice.between(0, 200_000, on('check at')) });
  }

  #priceTrouble(slot: Instant): void {
    const dice = this.#dice;
    const on = (about: string) => `${this.#index} ${about}`;
    for (const about of this.#deployment.regions) {
      if (!this.#goesWrong(0.25, `ticker ${about}`)) continue;
      const fault = dice.pick(TICKER_FAULT_NAMES, on(`ticker ${about} fault`));
      const at = slot - SECOND + (dice.chance(0.2, on(`ticker ${about} later`)) ? 3 * SECOND : 0);
      const isLong = dice.chance(0.1, on(`ticker ${about} for days`));
      const until = at + (isLong ? 3 * DAY : this.#length(`ticker ${about}`));
      this.#found.push({ kind: 'ticker', about, fault, at, until });
    }
    if (this.#goesWrong(0.06, 'kill at prices'))
      this.#found.push({
        kind: 'kill at prices',
        at: slot,
        nth: dice.pick([1, 1, 2], on('kill at prices nth')),
        step: dice.between(1, 5, on('kill at prices step')),
        side: dice.pick(['before', 'after'] as const, on('kill at prices side')),
      });
  }

  #awsTrouble(begin: Instant): void {
    const dice = this.#dice;
    const on = (about: string) => `${this.#index} ${about}`;
    for (const part of ['dynamodb', 'secrets manager'] as const) {
      if (!this.#goesWrong(part === 'dynamodb' ? 0.2 : 0.08, part)) continue;
      const at = begin + dice.between(0, 3_000, on(`${part} at`));
      const until = at + this.#length(part);
      const fault = dice.pick(AWS_FAULTS, on(`${part} fault`));
      const share = dice.pick([1, 1, 0.5], on(`${part} share`));
      const operation = dice.pick(['PutItem', 'Query', 'all'] as const, on('operation'));
      this.#found.push(
        part === 'dynamodb'
          ? { kind: part, fault, operation, share, at, until }
          : { kind: part, fault, share, at, until },
      );
    }
  }

  #kill(slot: Instant): void {
    const dice = this.#dice;
    const on = (about: string) => `${this.#index} ${about}`;
    const nth = dice.pick([1, 1, 2, 3], on('nth'));
    const step = dice.weighted<number>(
      [
        [1, 1],
        [4, dice.between(2, 12, on('early'))],
        [2, dice.between(2, 50, on('any'))],
      ],
      on('step'),
    );
    this.#found.push({
      kind: 'kill',
      at: slot,
      nth,
      step,
      side: dice.pick(['before', 'after'] as const, on('side')),
    });
  }

  #deliveries(slot: Instant): void {
    const dice = this.#dice;
    const on = (about: string) => `${this.#index} delivery ${about}`;
    const deliver = (how: (typeof DELIVERIES)[number], after: number) =>
      this.#found.push({ kind: 'delivery', how, slot, at: slot + after });
    const isLost = dice.chance(0.05 * this.#trouble, on('lost'));
    if (isLost) this.lost += 1;
    else {
      const how = dice.weighted<(typeof DELIVERIES)[number]>(
        [
          [16, 'on time'],
          [2 * this.#trouble, 'a minute late'],
          [1 * this.#trouble, 'minutes late'],
          [0.5 * this.#trouble, 'in the last moment'],
          [0.6 * this.#trouble, 'hours late'],
        ],
        on('how'),
      );
      const isLast = how === 'in the last moment';
      const last = isLast ? toleranceOf(this.#deployment.every) : 0;
      deliver(how, last + dice.between(...LATENESS[how], on('after')));
    }
    if (dice.chance(0.16, on('again'))) deliver('again', dice.between(0, 20_000, on('again after')));
    else if (dice.chance(0.06, on('again later')))
      deliver('again', dice.between(20_000, 400_000, on('later after')));
  }

  /** What happens between two slots; returns the time from which to look for the next one. */
  #between(slot: Instant): Instant {
    const dice = this.#dice;
    const on = (about: string) => `${this.#index} between ${about}`;
    const every = lengthOf(this.#deployment.every);
    const sometime = (about: string) => slot + Math.floor(dice.number(on(about)) * every);
    const about = dice.pick(this.#accounts, on('whose'));
    const forGood = Number.POSITIVE_INFINITY;
    if (dice.chance(0.07, on('rotated'))) {
      const at = sometime('rotated at');
      const gap = dice.between(-120_000, 1_800_000, on('old key'));
      this.#found.push({ kind: 'secret', change: 'rotated', about, at, until: forGood });
      this.#found.push({ kind: 'old key deleted', about, at: at + gap });
    }
    if (dice.chance(0.08, on('removed'))) {
      const at = sometime('removed at');
      const until = dice.chance(0.4, on('removed for good'))
        ? forGood
        : at + dice.between(1, 3, on('slots')) * every;
      this.#found.push({ kind: 'secret', change: 'removed', about, at, until });
      if (dice.chance(0.6, on('then closed')))
        this.#found.push({
          kind: 'account closed',
          about,
          at: at + dice.between(0, 900_000, on('closed at')),
        });
    } else if (dice.chance(0.03, on('closed'))) {
      this.#found.push({ kind: 'account closed', about, at: sometime('closed at') });
    }
    if (this.#goesWrong(0.09, 'secret')) {
      const change = dice.pick(
        [
          'entry spoilt',
          'region spoilt',
          'key twice',
          'odd extra names',
          'white space around',
          'emptied',
          'deleted',
          'not JSON',
        ] as const,
        on('change'),
      );
      const at = sometime('change at');
      const until = at + dice.between(1, 3, on('change length')) * Math.min(every, 2 * HOUR);
      this.#found.push({ kind: 'secret', change, about, at, until });
    }
    if (dice.chance(0.05, on('deployed'))) {
      const at = sometime('deployed at');
      const grid = dice.chance(0.7, on('new grid')) ? drawGrid(dice, on('grid')) : this.#deployment;
      const regions = dice.chance(0.4, on('new regions'))
        ? drawRegions(dice, on('regions'))
        : this.#deployment.regions;
      const prices = dice.chance(0.25, on('prices')) !== this.#deployment.prices;
      this.#deployment = { every: grid.every, timeZone: grid.timeZone, regions, prices };
      this.#found.push({ kind: 'deployed', at, deployment: this.#deployment });
      return at;
    }
    if (this.#goesWrong(0.04, 'outage')) {
      const slots = dice.between(1, 40, on('outage'));
      this.lost += slots;
      return slot + slots * every;
    }
    return slot;
  }
}

const LATENESS: Readonly<Record<(typeof DELIVERIES)[number], readonly [number, number]>> = {
  'on time': [0, 2_000],
  'a minute late': [2_000, 60_000],
  'minutes late': [60_000, 420_000],
  // Relative to the last moment an answer counts.
  'in the last moment': [-6_000, 0],
  'hours late': [3 * HOUR, 4 * HOUR],
  again: [0, 0],
};

/** An event as text. */
export function tell(act: Act): string {
  const { kind, at, ...rest } = act;
  const details = Object.entries(rest).map(([name, value]) => `${name} ${wordOf(name, value)}`);
  return `${textOf(at)} ${kind}: ${details.join(', ')}`;
}

function wordOf(name: string, value: unknown): string {
  if (typeof value === 'number' && (name === 'until' || name === 'slot'))
    return Number.isFinite(value) ? textOf(value) : 'for good';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}
