import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import { toleranceOf } from './calendar.ts';
import type { Run, Told } from './execution.ts';
import type { Findings } from './findings.ts';
import type { Mix } from './mix.ts';
import { regionIn } from './names.ts';
import type { SimulatedTable } from './simulated-table.ts';

/** What a run reports for one account. */
export interface Line {
  readonly account: string;
  readonly outcome: string;
}

/** True if the secret has had an accepted key of the account from a time until now. */
export type CanSignIn = (account: string, since: Instant) => boolean;

/** The longest that one attempt at Upbit takes. */
const ATTEMPT = 5 * SECOND;
/** The longest that starting up and reading the keys takes. */
const BEGINNING = 4 * SECOND;

const HEALING = ['upbit.unreachable', 'upbit.unavailable', 'upbit.timeout'];
/** The minimum number of attempts for a recoverable failure by a time in the run: all passes that begin by then. */
const PASSES: readonly (readonly [within: number, calls: number])[] = [
  [8 * SECOND, 2],
  [20 * SECOND, 3],
  [75 * SECOND, 4],
  [185 * SECOND, 5],
];

/** A line, with the facts about its account. */
interface Case extends Line {
  readonly run: Run;
  readonly region: string;
  /** What Upbit answered for this account in this run. */
  readonly answers: readonly Told[];
  /** The last moment an answer counts, and when the run ended, by the clock of the process. */
  readonly last: Instant;
  readonly ended: Instant;
}

/**
 * Judges what a run reports for each account: it must follow from the answers for that account, and from nothing
 * that happened to another.
 */
export class LineJudge {
  readonly #findings: Findings;
  readonly #mix: Mix;
  readonly #table: SimulatedTable;
  readonly #canSignIn: CanSignIn;

  constructor(findings: Findings, mix: Mix, table: SimulatedTable, canSignIn: CanSignIn) {
    this.#findings = findings;
    this.#mix = mix;
    this.#table = table;
    this.#canSignIn = canSignIn;
  }

  judge(run: Run, { account, outcome }: Line, ended: Instant): void {
    this.#mix.count('outcome', outcome === 'duplicate' ? 'duplicate' : 'reported');
    const one: Case = {
      account,
      outcome,
      run,
      region: regionIn(account),
      answers: run.told.filter(({ call }) => call.account === account && call.path === '/v1/accounts'),
      last: Date.parse(run.slot ?? '') + toleranceOf(run.process.deployment.every),
      ended,
    };
    const says = `${run.id} says ${outcome} for ${account}`;
    const wrong = this.#isExplained(one) ? hasSuffered(one) : 'no answer it got explains it';
    this.#findings.check('I5 no account affects another', wrong === undefined, () => `${says}: ${wrong}`);
    if (outcome === 'key.invalid' && !one.answers.some(({ told }) => told.isPlanned) && !run.secretsFailed)
      this.#findings.check(
        'a new key is found',
        !this.#canSignIn(account, run.begun),
        () => `${says}, and the secret has had a good key since before the run`,
      );
    if (HEALING.includes(outcome)) this.#persistence(one, says);
  }

  /** Recoverable failures were retried while there was time. */
  #persistence({ run, region, answers, last }: Case, says: string): void {
    const isToldToWait = answers.some(
      ({ told }) => told.wait !== undefined || told.fault === 'unavailableRetryAfter',
    );
    const isStopped = run.told.some(
      ({ call, told }) => told.block?.whom === 'address' && call.region === region,
    );
    if (isToldToWait || isStopped || run.dynamoDbFailed) return;
    const time = last - (run.begun + run.process.ahead) - BEGINNING;
    const calls = PASSES.findLast(([within]) => within < time)?.[1] ?? 1;
    this.#findings.check(
      'recoverable failures are retried',
      answers.length >= calls,
      () => `${says} after ${answers.length} calls, and there was time for ${calls}`,
    );
  }

  #isExplained(one: Case): boolean {
    const { run, account, outcome, region, answers, last, ended } = one;
    const texts = [...run.texts, ...(run.held === undefined ? [] : [run.held])];
    const states = texts.map(({ accounts }) => new Map<string, string>(accounts).get(account));
    switch (outcome) {
      case 'ok':
        return answers.some(({ told }) => told.lines !== undefined);
      case 'duplicate':
        return this.#table.item(account, run.slot ?? '') !== undefined;
      case 'keys.missing':
        return states.includes(undefined);
      case 'keys.invalid':
        return (
          states.includes('keys.invalid') ||
          texts.some(({ spoilt }) => [...spoilt].some((id) => id === region))
        );
      case 'keys.duplicate':
        return states.includes('keys.duplicate');
      case 'late':
        // The run or the answer came too late, or the call was still waiting at the last moment.
        return (
          run.begun + run.process.ahead + 2 * SECOND > last ||
          answers.some(({ told, at }) => told.lines !== undefined && at > last) ||
          (isAsked(one) && ended >= last)
        );
      case 'deadline':
        return ended + ATTEMPT + SECOND > last;
      case 'upbit.blocked':
        return answers.some(({ told }) => told.code === 'upbit.blocked') || isBlocked(one);
      default:
        return answers.some(({ told }) => told.code === outcome);
    }
  }
}

/** True if the run knew of a block of the account. */
function isBlocked({ run, account, region }: Case): boolean {
  if (run.told.some(({ call, told }) => told.block?.whom === 'address' && call.region === region))
    return true;
  const known = [...run.process.blocked, ...run.blocked].filter(([name]) => name === account);
  const regions = [...run.process.blockedRegions].filter(([name]) => name === region);
  // A block is stored in whole seconds, rounded up.
  return [...known, ...regions].some(([, until]) => until + SECOND > run.begun + run.process.ahead);
}

function isAsked({ run, account }: Pick<Case, 'run' | 'account'>): boolean {
  return run.asked.some((call) => call.account === account);
}

/** Why an account with a good answer, or that could have been collected, has no snapshot. */
function hasSuffered({ run, account, outcome, answers, last, ended }: Case): string | undefined {
  if (outcome === 'ok' || outcome === 'duplicate') return undefined;
  if (answers.some(({ told, at }) => told.lines !== undefined && at <= last))
    return 'a good answer came in time';
  const isKnown = /^(keys\.|upbit\.blocked|late)/.test(outcome);
  const isTimeLeft = ended + ATTEMPT + SECOND < last;
  return !isAsked({ run, account }) && !isKnown && isTimeLeft
    ? 'it was never called for, and there was time'
    : undefined;
}
