import { type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { toleranceOf } from './calendar.ts';
import type { Dice } from './dice.ts';
import { type Ending, type Kill, Process, type Run } from './execution.ts';
import type { Mix } from './mix.ts';
import type { Deployment } from './plan.ts';
import type { VirtualClock } from './virtual-clock.ts';

/** As in `lambda/core/time-limit.ts`, but independent of it. */
const TIME_LIMIT = 5 * MINUTE;
/** How long the platform waits before it retries a failed event. */
const RETRY_AFTER = [MINUTE, 2 * MINUTE];
const LONGEST_THROTTLE_WAIT = MINUTE;

/** One event on its way. */
export interface Event {
  readonly name: string;
  readonly kind: Run['kind'];
  readonly body: unknown;
  readonly slot: string | undefined;
}

/** What the service needs from the world. */
export interface LambdaOptions {
  readonly clock: VirtualClock;
  readonly dice: Dice;
  readonly mix: Mix;
  readonly note: (text: string) => void;
  /** Notes that a run begins. */
  readonly began: (text: string) => void;
  readonly deployment: () => Deployment;
  readonly isThrottled: () => boolean;
  /** How far off the clock of a new process is. */
  readonly ahead: (id: string) => number;
  /** How the n-th run of a slot dies. */
  readonly kill: (slot: string, nth: number) => Kill | undefined;
  /** The same, if it dies at a step that only prices make. */
  readonly killAtPrices: (slot: string, nth: number) => Kill | undefined;
  /** Gives a new process its collector. */
  readonly start: (process: Process) => void;
  /** A run as it begins. */
  readonly begin: (process: Process, event: Event, id: string) => Run;
  readonly ended: (run: Run, ending: Ending) => void;
  readonly deadLetter: (event: Event, ending: Ending | undefined) => void;
}

/**
 * Lambda: processes that stay warm, one run in each at a time, killed at their time limit; and its asynchronous queue,
 * which tries an event three times, waits while it is throttled, and discards events that are too old.
 */
export class LambdaService {
  readonly #options: LambdaOptions;
  #processes: Process[] = [];
  readonly #runsOf = new Map<string, number>();
  #born = 0;
  #running = 0;

  constructor(options: LambdaOptions) {
    this.#options = options;
  }

  /** Puts an event into the asynchronous queue. */
  deliver(event: Event): void {
    const { clock, deployment } = this.#options;
    const oldest = Math.max(MINUTE, toleranceOf(deployment().every));
    const lag = this.#options.dice.between(1, 120, `queue ${event.name}`);
    clock.after(lag, () => this.#try(event, clock.now() + oldest, 1, SECOND));
  }

  /** Calls the function and waits, as a user does; calls `done` with how it ended. */
  invoke(event: Event, done: () => void): void {
    this.#run(event, done);
  }

  /** Discards every idle process. */
  recycle(): void {
    const idle = this.#processes.filter(({ run }) => run === undefined);
    this.#options.mix.count('Lambda', 'processes discarded', idle.length);
    this.#processes = this.#processes.filter(({ run }) => run !== undefined);
  }

  #try(event: Event, until: Instant, attempt: number, wait: number): void {
    const { clock, mix, note, isThrottled, deadLetter } = this.#options;
    const later = (after: number, act: () => void, ending: Ending | undefined) => {
      if (clock.now() + after <= until) clock.after(after, act);
      else deadLetter(event, ending);
    };
    if (isThrottled()) {
      mix.count('Lambda', 'throttled');
      note(`lambda throttles ${event.name}`);
      later(
        wait,
        () => this.#try(event, until, attempt, Math.min(2 * wait, LONGEST_THROTTLE_WAIT)),
        undefined,
      );
      return;
    }
    this.#run(event, (ending) => {
      if (ending.kind === 'returned') return;
      const pause = RETRY_AFTER[attempt - 1];
      if (pause === undefined) return deadLetter(event, ending);
      later(
        pause,
        () => {
          mix.count('Lambda', ending.kind === 'threw' ? 'retried after an error' : 'retried after a kill');
          this.#try(event, until, attempt + 1, SECOND);
        },
        ending,
      );
    });
  }

  #run(event: Event, done: (ending: Ending) => void): void {
    const { clock, dice, mix, deployment, kill, killAtPrices } = this.#options;
    const current = deployment();
    this.#processes = this.#processes.filter(
      (process) => process.run !== undefined || process.deployment === current,
    );
    const nth = (this.#runsOf.get(event.name) ?? 0) + 1;
    this.#runsOf.set(event.name, nth);
    const id = `${event.name}#${nth}`;
    const idle = this.#processes.filter(({ run, deployment: its }) => run === undefined && its === current);
    const warm = idle.length === 0 ? undefined : dice.pick(idle, `process of ${id}`);
    mix.count('Lambda', warm === undefined ? 'run in a new process' : 'run in a warm process');
    if (this.#running > 0) mix.count('Lambda', 'run beside another');
    this.#running += 1;
    const process = warm ?? this.#newProcess(current);
    const run = this.#options.begin(process, event, id);
    process.begin(run);
    process.kill = event.slot === undefined ? undefined : kill(event.slot, nth);
    process.killAtPrices = event.slot === undefined ? undefined : killAtPrices(event.slot, nth);
    const startUp = warm === undefined ? dice.between(150, 900, `start ${id}`) : 1;
    clock.after(startUp, () => this.#execute(run, event, done));
  }

  #newProcess(deployment: Deployment): Process {
    const { clock, ahead, mix, start } = this.#options;
    this.#born += 1;
    const id = `p${this.#born}`;
    const process = new Process(id, deployment, ahead(id), clock.now());
    if (process.ahead !== 0) mix.count('Lambda', 'process with a wrong clock');
    start(process);
    this.#processes.push(process);
    return process;
  }

  #execute(run: Run, event: Event, done: (ending: Ending) => void): void {
    const { clock, mix, began, ended } = this.#options;
    const { process } = run;
    began(`${run.id} begins in ${process.id}${process.runs === 1 ? ', new' : ''}`);
    let isOver = false;
    const end = (ending: Ending) => {
      if (isOver) return;
      isOver = true;
      limit();
      process.run = undefined;
      process.kill = undefined;
      process.killAtPrices = undefined;
      process.died = undefined;
      this.#running -= 1;
      if (!process.isAlive) this.#processes = this.#processes.filter((other) => other !== process);
      ended(run, ending);
      done(ending);
    };
    const limit = clock.after(TIME_LIMIT, () => {
      process.died = undefined;
      process.die();
      end({ kind: 'timed out' });
    });
    process.died = (kill) => {
      const whose = kill?.kind === 'kill at prices' ? 'a step of prices' : 'a step';
      mix.count('Lambda', `killed ${kill?.side ?? 'before'} ${whose}`);
      end({ kind: 'killed' });
    };
    const { collector } = process;
    if (collector === undefined) throw new Error(`${process.id} has no collector`);
    collector(event.body, clock.now() + process.ahead + TIME_LIMIT).then(
      (report) => process.isAlive && end({ kind: 'returned', report }),
      (error: unknown) => process.isAlive && end({ kind: 'threw', error }),
    );
  }
}
