import { createHash } from 'node:crypto';
import { putAccount } from '../../lambda/adapters/ledger/accounts.ts';
import { readCatalog } from '../../lambda/adapters/ledger/catalog.ts';
import { readKeys } from '../../lambda/adapters/secrets.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import { HOUR, type Instant, MINUTE } from '../../lambda/core/instant.ts';
import { assembleCollector } from '../../lambda/handlers/assemble.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import { type AwsFault, AwsNetwork } from './aws-call.ts';
import { isSlot, textOf } from './calendar.ts';
import { CallJudge } from './call-judge.ts';
import { accountRows } from './catalog-model.ts';
import { Dice } from './dice.ts';
import { type Ending, Process, type Run } from './execution.ts';
import { Findings, type Violation } from './findings.ts';
import { type Host, isPriceStep } from './host.ts';
import { type Event, LambdaService } from './lambda-service.ts';
import { LeakJudge } from './leak-judge.ts';
import { Mix } from './mix.ts';
import { regionIn } from './names.ts';
import type { Act, Deployment, Plan } from './plan.ts';
import { takeOverPlatform } from './platform.ts';
import { PriceJudge } from './price-judge.ts';
import { ReadingJudge } from './reading-judge.ts';
import { RunJudge } from './run-judge.ts';
import { SealJudge } from './seal-judge.ts';
import { keyPair, secretAt } from './secret-model.ts';
import { directDynamoDb, type Operation, simulatedDynamoDb } from './simulated-dynamodb.ts';
import { type ExchangeCall, type ExchangeTold, SimulatedExchange } from './simulated-exchange.ts';
import { simulatedSecrets } from './simulated-secret.ts';
import { SimulatedTable, type Write } from './simulated-table.ts';
import type { TickerCall, TickerTold } from './simulated-ticker.ts';
import { VirtualClock } from './virtual-clock.ts';
import { WriteJudge } from './write-judge.ts';

/** The outcome of a world. */
export interface Outcome {
  readonly violations: readonly Violation[];
  readonly mix: Readonly<Record<string, number>>;
  /** Everything that happened, in order. */
  readonly trace: readonly string[];
  /** The SHA-256 of the trace, of every line of the log and of every item, to the last character. */
  readonly hash: string;
  /** What must be the same whatever the prices do: every event, call, item and line of the log that is not theirs. */
  readonly apartFromPrices: readonly Happening[];
}

/** Something that happened. */
export interface Happening {
  readonly at: Instant;
  readonly text: string;
  /** True of a run's beginning: when, and in which process, may depend on how long an earlier run took. */
  readonly isBeginning: boolean;
}

/** Runs a world as planned, to its end or to the first broken invariant. */
export async function runWorld(plan: Plan): Promise<Outcome> {
  const world = new World(plan);
  const giveBack = takeOverPlatform(world.clock);
  try {
    return await world.run();
  } finally {
    giveBack();
  }
}

const TABLE = 'ledger';

/** How long a world continues after the last act: for the last retries, and the settling time. */
const AFTERWARDS = HOUR;

/** How long a block must be honoured even if Upbit states a shorter time. */
const SHORTEST_BLOCK = 15 * MINUTE;

class World {
  readonly clock: VirtualClock;
  readonly #plan: Plan;
  readonly #acts: ReturnType<typeof actsByKind>;
  readonly #dice: Dice;
  readonly #mix = new Mix();
  readonly #findings = new Findings(this.#mix);
  readonly #trace: string[] = [];
  readonly #digest = createHash('sha256');
  readonly #table: SimulatedTable;
  readonly #network: AwsNetwork;
  readonly #exchange: SimulatedExchange;
  readonly #lambda: LambdaService;
  readonly #writes: WriteJudge;
  readonly #calls: CallJudge;
  readonly #runs: RunJudge;
  readonly #leaks: LeakJudge;
  readonly #reading: ReadingJudge;
  readonly #prices: PriceJudge;
  readonly #apartFromPrices: Happening[] = [];
  #deployment: Deployment;
  #latestSlot = 0;
  #uuids = 0;
  #priceWrites = 0;
  #events = 0;
  /** Slots with a run in progress. */
  readonly #running = new Map<string, number>();

  constructor(plan: Plan) {
    this.#plan = plan;
    this.#acts = actsByKind(plan.acts);
    this.#dice = new Dice(plan.seed);
    this.#deployment = plan.deployment;
    const clock = new VirtualClock(plan.from);
    this.clock = clock;
    this.#table = new SimulatedTable(plan.page);
    this.#network = new AwsNetwork(clock, this.#dice);
    this.#writes = new WriteJudge(this.#findings, this.#mix, this.#table);
    this.#calls = new CallJudge(this.#findings);
    this.#runs = new RunJudge(this.#findings, this.#mix, this.#table, (account, since) =>
      this.#canSignIn(account, since),
    );
    this.#leaks = new LeakJudge(this.#findings);
    this.#reading = new ReadingJudge(this.#findings, this.#table, this.#dice);
    this.#prices = new PriceJudge(this.#findings, this.#mix, this.#table);
    this.#exchange = new SimulatedExchange({
      clock,
      dice: this.#dice,
      ahead: plan.ahead,
      fault: (account, region) =>
        this.#now(this.#acts.upbit).find(({ about }) => about === account || about === region)?.fault,
      asked: (call, host) => this.#asked(call, host),
      told: (call, told, host) => this.#told(call, told, host),
      ticker: {
        fault: (region) => this.#now(this.#acts.ticker).find(({ about }) => about === region)?.fault,
        untraded: (region) =>
          this.#now(this.#acts.untraded).flatMap(({ about, quote }) => (about === region ? [quote] : [])),
        asked: (call, host) => this.#askedForPrices(call, host),
        told: (call, told, host) => this.#toldPrices(call, told, host),
      },
    });
    for (const account of plan.accounts) this.#registerKeys(account);
    this.#lambda = new LambdaService({
      clock,
      dice: this.#dice,
      mix: this.#mix,
      note: (text) => this.#note(text),
      began: (text) => {
        this.#notePrices(text);
        this.#happened(text, true);
      },
      deployment: () => this.#deployment,
      isThrottled: () => this.#now(this.#acts.throttle).length > 0,
      ahead: (id) => this.#clockOff(id),
      kill: (slot, nth) => this.#acts.kill.find((act) => textOf(act.at) === slot && act.nth === nth),
      killAtPrices: (slot, nth) =>
        this.#acts.killAtPrices.find((act) => textOf(act.at) === slot && act.nth === nth),
      start: (process) => this.#start(process),
      begin: (process, event, id) => this.#begin(process, event, id),
      ended: (run, ending) => this.#ended(run, ending),
      deadLetter: (event, ending) => this.#deadLetter(event, ending),
    });
  }

  async run(): Promise<Outcome> {
    const { acts, from, lost } = this.#plan;
    this.#mix.count('delivery', 'lost', lost);
    for (const act of acts) this.clock.at(act.at, () => this.#happen(act));
    const end = Math.max(from, ...acts.filter(isApartFromPrices).map(({ at }) => at)) + AFTERWARDS;
    const reading = (at: Instant) =>
      this.clock.at(at, () => {
        this.#reading.read(at).catch((error: unknown) => {
          this.#findings.check(
            'I2 every slot accounted for',
            false,
            () => `reading failed: ${stackOf(error)}`,
          );
        });
      });
    reading(from + Math.floor((end - from) * this.#dice.number('reading')));
    reading(end);
    await this.clock.run(() => this.#findings.found.length > 0);
    if (this.#findings.found.length === 0)
      await new SealJudge(this.#findings, this.#table, this.#dice).judge(end);
    const trace = this.#trace;
    for (const { invariant, text } of this.#findings.found) trace.push(`!! ${invariant}: ${text}`);
    const hash = this.#digest.update(trace.join('\n')).digest('hex');
    return {
      violations: this.#findings.found,
      mix: this.#mix.counts,
      trace,
      hash,
      apartFromPrices: this.#apartFromPrices,
    };
  }

  #see(where: string, text: string): void {
    this.#digest.update(text);
    this.#leaks.saw(where, text);
  }

  #note(text: string): void {
    this.#notePrices(text);
    this.#happened(text);
  }

  #notePrices(text: string): void {
    this.#trace.push(`${new Date(this.clock.now()).toISOString()} ${text}`);
  }

  #happened(text: string, isBeginning = false): void {
    this.#apartFromPrices.push({ at: this.clock.now(), text, isBeginning });
  }

  /** Those of these acts that are active now. */
  #now<T extends { readonly at: Instant; readonly until: Instant }>(acts: readonly T[]): T[] {
    const now = this.clock.now();
    return acts.filter(({ at, until }) => at <= now && now < until);
  }

  #clockOff(id: string): number {
    const act = this.#now(this.#acts.clockOff).find(({ share }) =>
      this.#dice.chance(share, `clock of ${id}`),
    );
    return act?.by ?? 0;
  }

  #registerKeys(account: AccountName): void {
    for (const version of [0, 1, 2, 3, 4, 5, 6, 7]) {
      const { accessKey, secretKey } = keyPair(account, version);
      this.#exchange.keys.set(accessKey, { account, region: regionIn(account), secretKey, isDeleted: false });
    }
  }

  #happen(act: Act): void {
    switch (act.kind) {
      case 'delivery':
        this.#deliver(act.slot, act.how);
        break;
      case 'manual':
        this.#manual(act.times);
        break;
      case 'check':
        this.#mix.count('people', 'check');
        this.#lambda.invoke(this.#event('check', { check: true }, undefined), () => undefined);
        break;
      case 'deployed':
        this.#deploy(act.deployment);
        break;
      case 'account closed':
        this.#close(act.about);
        break;
      case 'recycle':
        this.#lambda.recycle();
        break;
      case 'secret':
        this.#mix.count('the secret', act.change);
        this.#note(`the secret: ${act.about} ${act.change}`);
        break;
      case 'old key deleted':
        this.#deleteOldKey(act.about);
        break;
      // These are looked up where they apply.
      case 'upbit':
      case 'ticker':
      case 'quote untraded':
      case 'dynamodb':
      case 'secrets manager':
      case 'kill':
      case 'kill at prices':
      case 'throttle':
      case 'clock off':
        break;
      default:
        act satisfies never;
    }
  }

  #deleteOldKey(account: AccountName): void {
    this.#mix.count('the secret', 'old key deleted');
    this.#note(`upbit deletes the old key of ${account}`);
    const version = secretAt(this.#plan, this.clock.now()).version.get(account) ?? 0;
    const key = this.#exchange.keys.get(keyPair(account, Math.max(0, version - 1)).accessKey);
    if (key !== undefined) key.isDeleted = true;
  }

  #event(kind: Run['kind'], body: unknown, slot: string | undefined): Event {
    this.#events += 1;
    return { name: slot === undefined ? `check ${this.#events}` : `${slot}`, kind, body, slot };
  }

  #deliver(slot: Instant, how: string): void {
    const text = textOf(slot);
    this.#mix.count('delivery', how);
    if (slot < this.#latestSlot) this.#mix.count('delivery', 'after a later slot');
    if ((this.#running.get(text) ?? 0) > 0) this.#mix.count('delivery', 'while the slot is running');
    this.#latestSlot = Math.max(this.#latestSlot, slot);
    this.#note(`the event of ${text} arrives, ${how}`);
    this.#lambda.deliver(this.#event('slot', { slot: text }, text));
  }

  #manual(times: number): void {
    const { every, timeZone } = this.#deployment;
    const now = this.clock.now() - (this.clock.now() % 1_000);
    const asked = textOf(now);
    const isOn = isSlot({ every, timeZone }, now);
    const slot = isOn ? textOf(now + 1_000) : asked;
    this.#mix.count('people', 'manual', times);
    const again = (left: number) => {
      if (left === 0) return;
      this.#lambda.invoke(this.#event('manual', { manual: asked }, slot), () => again(left - 1));
    };
    again(times);
  }

  #deploy(deployment: Deployment): void {
    const { every, timeZone, regions } = this.#deployment;
    if (every !== deployment.every) this.#mix.count('people', 'another cadence');
    if (timeZone !== deployment.timeZone) this.#mix.count('people', 'another time zone');
    if (regions.join() !== deployment.regions.join()) this.#mix.count('people', 'other regions');
    const { prices, ...rest } = deployment;
    this.#note(`deployed: ${JSON.stringify(rest)}`);
    this.#notePrices(`deployed: prices ${prices ? 'on' : 'off'}`);
    this.#deployment = deployment;
  }

  /** What `balances accounts close` does. */
  #close(account: AccountName): void {
    const table = { client: directDynamoDb({ [TABLE]: this.#table }), tableName: TABLE };
    const close = async () => {
      const before = (await readCatalog(table)).accounts.get(account);
      if (before === undefined || before.closedFrom !== undefined) return;
      const closedFrom = Math.ceil(this.clock.now() / 1_000) * 1_000;
      if (closedFrom < before.since) return;
      await putAccount(table, before, { ...before, closedFrom });
      this.#mix.count('people', 'account closed');
      this.#note(`${account} is closed from ${textOf(closedFrom)}`);
    };
    close().catch((error: unknown) => {
      this.#findings.check('the catalog loses nothing', false, () => `closing failed: ${stackOf(error)}`);
    });
  }

  #start(process: Process): void {
    const { deployment } = process;
    const environment = readEnvironment({
      TABLE_NAME: TABLE,
      API_KEYS_SECRET_ID: 'keys',
      REGIONS: deployment.regions.join(),
      EVERY: deployment.every,
      TIME_ZONE: deployment.timeZone,
      PRICES: String(deployment.prices),
    });
    const secrets = simulatedSecrets({
      network: this.#network,
      host: process,
      fault: () => this.#awsFault('secrets manager', process),
      secret: () => secretAt(this.#plan, this.clock.now()),
      read: () => this.#readSecret(process),
    });
    const dynamoDb = simulatedDynamoDb({
      table: this.#table,
      network: this.#network,
      host: process,
      now: this.clock.now,
      lag: () => this.#dice.between(0, 1_000, `lag ${this.clock.now()}`),
      fault: (operation, slot) =>
        isPriceStep(operation)
          ? this.#priceWriteFault(process, slot)
          : this.#awsFault('dynamodb', process, operation),
      wrote: (write) => this.#wrote(write, process),
      read: (account) => this.#readTable(account, process),
    });
    process.collector = assembleCollector(environment, {
      dynamoDb: () => dynamoDb,
      readKeys: () => readKeys(secrets, environment.secretId),
      clock: {
        now: () => this.clock.now() + process.ahead,
        sleep: (milliseconds, signal) => this.#sleep(milliseconds, signal, process),
      },
      write: (line) => {
        if (process.isAlive) this.#logged(line, process);
      },
      fetch: this.#exchange.fetch(process),
      // A turn takes no time, but the world's clock would move on in it.
      turn: async () => undefined,
      nonce: () => {
        this.#uuids += 1;
        return `00000000-0000-4000-8000-${this.#uuids.toString(16).padStart(12, '0')}`;
      },
      random: () => {
        this.#uuids += 1;
        return this.#dice.number(`random ${this.#uuids}`);
      },
    });
  }

  #logged(line: string, process: Process): void {
    this.#see(`the log of ${process.id}`, line);
    if (line.includes('"message":"prices"')) return;
    this.#happened(`${process.id} ${line}`);
    if (process.run !== undefined && line.includes('"message":"run"'))
      process.run.decidedAt = this.clock.now();
  }

  /** Not a step at which a process dies: it would do so at the steps before and after all the same. */
  #sleep(milliseconds: number, signal: AbortSignal, process: Process): Promise<void> {
    if (!process.isAlive) return new Promise(() => undefined);
    return new Promise((resolve) => {
      const done = () => {
        cancel();
        signal.removeEventListener('abort', done);
        if (process.isAlive) resolve();
      };
      const cancel = this.clock.after(milliseconds, done);
      if (signal.aborted) done();
      else signal.addEventListener('abort', done);
    });
  }

  #begin(process: Process, { kind, slot }: Event, id: string): Run {
    if (slot !== undefined) this.#running.set(slot, (this.#running.get(slot) ?? 0) + 1);
    const time = Date.parse(slot ?? '');
    const open = accountRows(this.#table).filter(
      ({ since, closedFrom }) => since <= time && time < closedFrom,
    );
    return {
      id,
      process,
      kind,
      slot,
      begun: this.clock.now(),
      asked: [],
      told: [],
      texts: [],
      held: process.text,
      called: process.text,
      blocked: this.#blocks(),
      hasReadCatalog: false,
      open: new Set(open.map(({ account }) => account)),
      dynamoDbFailed: false,
      secretsFailed: false,
      priceWriteFailed: false,
      decidedAt: undefined,
      endedAt: undefined,
    };
  }

  #ended(run: Run, ending: Ending): void {
    if (run.slot !== undefined) this.#running.set(run.slot, (this.#running.get(run.slot) ?? 0) - 1);
    if (ending.kind === 'threw') this.#leaks.sawError(`what ${run.id} threw`, ending.error);
    if (ending.kind === 'returned') this.#leaks.saw(`the report of ${run.id}`, JSON.stringify(ending.report));
    // When a run returns may depend on prices.
    if (ending.kind === 'returned') this.#notePrices(`${run.id} returned`);
    else this.#note(`${run.id} ${ending.kind}${ending.kind === 'threw' ? ` ${String(ending.error)}` : ''}`);
    run.endedAt = this.clock.now();
    this.#runs.ended(run, ending, this.clock.now());
    this.#prices.ended(run, ending, this.clock.now());
  }

  #deadLetter(event: Event, ending: Ending | undefined): void {
    this.#mix.count('Lambda', 'dead letter');
    this.#note(`${event.name} is given up`);
    const error = ending?.kind === 'threw' && ending.error instanceof Error ? ending.error : undefined;
    const letter = {
      requestPayload: event.body,
      responsePayload: { errorType: error?.name, errorMessage: error?.message, stack: error?.stack },
    };
    this.#leaks.saw('a dead letter', JSON.stringify(letter));
  }

  #awsFault(
    kind: 'dynamodb' | 'secrets manager',
    process: Process,
    operation?: Operation,
  ): AwsFault | undefined {
    const service = kind === 'dynamodb' ? 'DynamoDB' : 'Secrets Manager';
    this.#uuids += 1;
    const acts = kind === 'dynamodb' ? this.#acts.dynamodb : this.#acts.secrets;
    const act = this.#now<AwsAct>(acts).find(
      (one) =>
        (one.kind === 'secrets manager' || one.operation === 'all' || one.operation === operation) &&
        this.#dice.chance(one.share, `share ${this.#uuids}`),
    );
    this.#mix.count(service, act?.fault ?? 'answered');
    if (act === undefined) return undefined;
    this.#note(`${service} ${act.fault}: ${operation ?? 'GetSecretValue'} of ${process.run?.id}`);
    if (process.run !== undefined && kind === 'dynamodb') process.run.dynamoDbFailed = true;
    if (process.run !== undefined && kind === 'secrets manager') process.run.secretsFailed = true;
    return act.fault;
  }

  /** As {@link #awsFault} for the write of prices, with dice of its own. */
  #priceWriteFault(process: Process, slot: string): AwsFault | undefined {
    this.#priceWrites += 1;
    const act = this.#now(this.#acts.dynamodb).find(
      ({ operation, share }) =>
        operation !== 'Query' && this.#dice.chance(share, `share of prices ${this.#priceWrites}`),
    );
    if (act === undefined) return undefined;
    this.#mix.count('prices', 'write failed');
    this.#notePrices(`DynamoDB ${act.fault}: the prices of ${slot} by ${process.id}`);
    for (const run of process.history) if (run.slot === slot) run.priceWriteFailed = true;
    return act.fault;
  }

  #readSecret(process: Process): void {
    const text = secretAt(this.#plan, this.clock.now());
    const { run } = process;
    // Of a deleted secret nothing is read, and what is in memory stays.
    if (text.isGone) {
      if (run !== undefined) run.secretsFailed = true;
      return;
    }
    run?.texts.push(text);
    // An unreadable secret is not used, and what is in memory stays.
    if (text.isUnreadable) return;
    if (run?.asked.length === 0) run.called = text;
    process.text = text;
  }

  #canSignIn(name: string, since: Instant): boolean {
    const account = this.#plan.accounts.find((one) => one === name);
    if (account === undefined) return false;
    const [then, now] = [secretAt(this.#plan, since), secretAt(this.#plan, this.clock.now())];
    const version = then.version.get(account) ?? 0;
    const isGood = then.accounts.get(account) === 'good' && now.accounts.get(account) === 'good';
    const key = this.#exchange.keys.get(keyPair(account, version).accessKey);
    return isGood && now.version.get(account) === version && key?.isDeleted === false;
  }

  #blocks(): Map<string, Instant> {
    return new Map(accountRows(this.#table).map((row) => [row.account, row.blockedUntil]));
  }

  #readTable(account: string, { run }: Process): void {
    if (account !== '#catalog' || run === undefined || run.hasReadCatalog) return;
    run.hasReadCatalog = true;
    run.blocked = this.#blocks();
  }

  #wrote(write: Write, process: Process): void {
    const { run } = process;
    const item = JSON.stringify(write.after);
    this.#see('an item', item);
    if (write.account.startsWith('#price')) {
      this.#notePrices(`written by ${process.id}: ${item}`);
      this.#prices.wrote(write, process, this.clock.now());
      return;
    }
    this.#note(`written by ${run?.id ?? process.id}: ${write.account} ${write.slot} ${summary(write)}`);
    this.#happened(item);
    if (run !== undefined) this.#writes.wrote(write, run, this.clock.now());
  }

  #asked(call: ExchangeCall, host: Host): void {
    if (!(host instanceof Process) || host.run === undefined) return;
    this.#note(`${host.run.id} asks ${call.region}${call.path} about ${call.account ?? 'nobody'}`);
    host.run.asked.push(call);
    this.#calls.asked(call, host, host.run);
  }

  #told(call: ExchangeCall, told: ExchangeTold, host: Host): void {
    this.#mix.count('Upbit', told.fault ?? 'good answer');
    if (!(host instanceof Process) || host.run === undefined) return;
    this.#note(
      `${host.run.id} is told ${told.fault ?? told.code ?? `${told.lines?.length} lines`} of ${call.account}`,
    );
    const at = this.clock.now() + host.ahead;
    this.#calls.told(call, told, host.run);
    host.run.told.push({ call, told, at });
    if (told.block === undefined || call.account === undefined) return;
    const until = at + Math.max(told.block.milliseconds, SHORTEST_BLOCK);
    if (told.block.whom === 'account') host.blocked.set(call.account, until);
    else host.blockedRegions.set(call.region, until);
  }

  #askedForPrices(call: TickerCall, host: Host): void {
    if (!(host instanceof Process)) return;
    this.#notePrices(`${host.run?.id ?? host.id} asks for the prices of ${call.region} in ${call.quotes}`);
    this.#leaks.saw('a call of the ticker', call.text);
    this.#prices.asked(call, host);
  }

  #toldPrices(call: TickerCall, told: TickerTold, host: Host): void {
    this.#mix.count('ticker', told.fault ?? 'good answer');
    if (!(host instanceof Process)) return;
    const what = [told.fault, told.rows && `${told.rows.length} prices`].filter(Boolean).join(', ');
    this.#notePrices(`${host.run?.id ?? host.id} is told ${what} of ${call.region} in ${call.quotes}`);
    this.#prices.told(call, told, host, this.clock.now());
  }
}

type AwsAct = Extract<Act, { readonly kind: 'dynamodb' | 'secrets manager' }>;

/** Whether a world without prices would have the act too. */
export function isApartFromPrices({ kind }: Act): boolean {
  return kind !== 'ticker' && kind !== 'quote untraded' && kind !== 'kill at prices';
}

/** The acts that are looked up while others happen. */
function actsByKind(acts: readonly Act[]) {
  return {
    upbit: acts.filter((act) => act.kind === 'upbit'),
    ticker: acts.filter((act) => act.kind === 'ticker'),
    untraded: acts.filter((act) => act.kind === 'quote untraded'),
    killAtPrices: acts.filter((act) => act.kind === 'kill at prices'),
    dynamodb: acts.filter((act) => act.kind === 'dynamodb'),
    secrets: acts.filter((act) => act.kind === 'secrets manager'),
    throttle: acts.filter((act) => act.kind === 'throttle'),
    clockOff: acts.filter((act) => act.kind === 'clock off'),
    kill: acts.filter((act) => act.kind === 'kill'),
  };
}

function summary({ before, after }: Write): string {
  const what = after['failure']?.S ?? (after['balance'] === undefined ? JSON.stringify(after) : 'snapshot');
  return before === undefined ? what : `${what}, in place of ${before['failure']?.S ?? 'another'}`;
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
