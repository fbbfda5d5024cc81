import { CodedError } from '../../lambda/core/error.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { toleranceOf } from './calendar.ts';
import { accountRows, scheduleRows } from './catalog-model.ts';
import type { Ending, Run, Told } from './execution.ts';
import type { Findings } from './findings.ts';
import type { Mix } from './mix.ts';
import { regionIn } from './names.ts';
import type { SimulatedTable } from './simulated-table.ts';
import { CLOCK_ALLOWANCE, isOwnSlot } from './write-judge.ts';

/** One attempt of Upbit takes at most this. */
const ATTEMPT = 5 * SECOND;

interface Line {
  readonly account: string;
  readonly outcome: string;
}

/** Looks at every run at its end. */
export class RunJudge {
  readonly #findings: Findings;
  readonly #mix: Mix;
  readonly #table: SimulatedTable;
  /** Slots of which a run was killed, until another one has returned. */
  readonly #killed = new Set<string>();

  constructor(findings: Findings, mix: Mix, table: SimulatedTable) {
    this.#findings = findings;
    this.#mix = mix;
    this.#table = table;
  }

  ended(run: Run, ending: Ending, now: Instant): void {
    this.#findings.check(
      'I7 ended in time',
      ending.kind !== 'timed out',
      () => `${run.id} did not end in time`,
    );
    if (ending.kind === 'killed') this.#killed.add(run.slot ?? '');
    if (ending.kind === 'threw') this.#threw(run, ending.error, now);
    if (ending.kind === 'returned' && run.kind !== 'check') this.#returned(run, linesOf(ending.report), now);
  }

  #threw(run: Run, error: unknown, now: Instant): void {
    const code = error instanceof CodedError ? error.code : 'none of ours';
    this.#mix.count('thrown', code);
    this.#findings.check(
      'thrown for a reason',
      this.#isExcused(code, run, now),
      () => `${run.id} threw ${code} for no reason: ${error instanceof Error ? error.stack : error}`,
    );
  }

  #isExcused(code: string, run: Run, now: Instant): boolean {
    switch (code) {
      case 'event.invalid': {
        if (run.kind === 'check') return false;
        const off = Date.parse(run.slot ?? '') - (run.begun + run.process.ahead);
        if (run.kind === 'manual') return Math.abs(off) > CLOCK_ALLOWANCE - 2 * SECOND;
        return !isOwnSlot(run) || off > CLOCK_ALLOWANCE - SECOND;
      }
      case 'secret.unavailable':
        return run.secretsFailed;
      case 'secret.unreadable':
        return run.texts.some(({ isUnreadable }) => isUnreadable);
      case 'ledger.unavailable':
      case 'run.unrecorded':
        return run.dynamoDbFailed || now < run.begun;
      default:
        return false;
    }
  }

  #returned(run: Run, lines: readonly Line[], now: Instant): void {
    const { slot = '' } = run;
    const expected = this.#mustDecide(run);
    for (const account of [...expected, ...lines.map((line) => line.account)]) {
      this.#findings.check(
        'returned means recorded',
        this.#table.item(account, slot) !== undefined,
        () => `${run.id} returned without a record of ${account}`,
      );
    }
    if (this.#killed.delete(slot)) {
      this.#findings.check(
        'I9 a killed run is made good',
        [...expected].every((account) => this.#table.item(account, slot) !== undefined),
        () => `${run.id} did not make good what died before it`,
      );
    }
    for (const line of lines) this.#line(run, line, now + run.process.ahead);
    this.#schedule(run);
  }

  /** The accounts that a run must decide, whatever it has read of the secret in between. */
  #mustDecide(run: Run): Set<string> {
    const { deployment } = run.process;
    const time = Date.parse(run.slot ?? '');
    const rows = accountRows(this.#table);
    const must = new Set<string>();
    for (const region of deployment.regions) {
      const named = [...(run.called?.accounts.keys() ?? [])].filter(
        (account) => regionIn(account) === region,
      );
      const open = rows.filter(
        ({ account, closedFrom }) =>
          regionIn(account) === region && run.open.has(account) && time < closedFrom,
      );
      // Where the secret cannot be read, what is closed stays closed.
      const closed = rows.filter(({ closedFrom }) => run.texts.length === 0 && closedFrom <= time);
      const isClosed = (account: string) => closed.some((row) => row.account === account);
      for (const account of [
        ...named.filter((name) => !isClosed(name)),
        ...open.map(({ account }) => account),
      ])
        must.add(account);
      if (named.length === 0 && !rows.some(({ account }) => regionIn(account) === region))
        must.add(`${region}/main`);
    }
    return must;
  }

  /** What is said of an account must follow from what was answered about that account, and from nothing else. */
  #line(run: Run, { account, outcome }: Line, ended: Instant): void {
    this.#mix.count('outcome', outcome === 'duplicate' ? 'duplicate' : 'reported');
    const answers = run.told.filter(({ call }) => call.account === account && call.path === '/v1/accounts');
    const last = Date.parse(run.slot ?? '') + toleranceOf(run.process.deployment.every);
    const wrong = this.#isExplained(run, account, outcome, answers, last, ended)
      ? this.#hasSuffered(run, account, outcome, answers, last, ended)
      : 'nothing that it was told explains it';
    this.#findings.check(
      'I5 no account suffers from another',
      wrong === undefined,
      () => `${run.id} says ${outcome} of ${account}: ${wrong}`,
    );
  }

  #isExplained(
    run: Run,
    account: string,
    outcome: string,
    answers: readonly Told[],
    last: Instant,
    ended: Instant,
  ): boolean {
    const texts = [...run.texts, ...(run.held === undefined ? [] : [run.held])];
    const region = regionIn(account);
    const states = texts.flatMap(({ accounts }) =>
      [...accounts].filter(([name]) => name === account).map(([, state]) => String(state)),
    );
    switch (outcome) {
      case 'ok':
        return answers.some(({ told }) => told.lines !== undefined);
      case 'duplicate':
        return this.#table.item(account, run.slot ?? '') !== undefined;
      case 'keys.missing':
        return texts.some(({ accounts }) => ![...accounts.keys()].some((name) => name === account));
      case 'keys.invalid':
        return states.includes('keys.invalid') || texts.some(({ spoilt }) => spoilt.has(region));
      case 'keys.duplicate':
        return states.includes('keys.duplicate');
      case 'late':
        return (
          run.begun + run.process.ahead + 2 * SECOND > last ||
          answers.some(({ told, at }) => told.lines !== undefined && at > last)
        );
      case 'deadline':
        return ended + ATTEMPT + SECOND > last;
      case 'upbit.blocked':
        return (
          answers.some(({ told }) => told.code === 'upbit.blocked') ||
          run.told.some(({ call, told }) => told.block?.whom === 'address' && call.region === region) ||
          this.#isBlocked(run, account)
        );
      default:
        return answers.some(({ told }) => told.code === outcome);
    }
  }

  #isBlocked(run: Run, account: string): boolean {
    const known = [...run.process.blocked, ...(run.blocked ?? [])].filter(([name]) => name === account);
    const regions = [...run.process.blockedRegions].filter(([region]) => region === regionIn(account));
    return [...known, ...regions].some(([, until]) => until > run.begun + run.process.ahead);
  }

  /** Why an account that was answered well, or could have been asked, has no snapshot. */
  #hasSuffered(
    run: Run,
    account: string,
    outcome: string,
    answers: readonly Told[],
    last: Instant,
    ended: Instant,
  ): string | undefined {
    if (outcome === 'ok' || outcome === 'duplicate') return undefined;
    if (answers.some(({ told, at }) => told.lines !== undefined && at <= last))
      return 'a good answer came in time';
    const isAsked = run.asked.some((call) => call.account === account);
    const isKnown = /^(keys\.|upbit\.blocked|late)/.test(outcome);
    if (!isAsked && !isKnown && ended + ATTEMPT + SECOND < last)
      return 'it was never asked, and there was time';
    return undefined;
  }

  /** A schedule that fired in time stands in the catalog for its slots, unless a later one stood there already. */
  #schedule(run: Run): void {
    if (run.kind !== 'slot') return;
    const { deployment, ahead } = run.process;
    const slot = Date.parse(run.slot ?? '');
    if (run.begun + ahead > slot + toleranceOf(deployment.every) - 2 * SECOND) return;
    const schedules = scheduleRows(this.#table);
    // A schedule of a later slot stands already, or the slot was the first one of the schedule before.
    if (schedules.some(({ from }) => from > slot)) return;
    const inForce = schedules.findLast(({ from }) => from <= slot);
    const isRight =
      inForce?.every === deployment.every &&
      inForce.timeZone === deployment.timeZone &&
      inForce.regions.join() === deployment.regions.join();
    this.#findings.check(
      'I2 every slot is told of',
      isRight || inForce?.from === slot,
      () => `${run.id} returned, and the catalog has another schedule for its slot`,
    );
  }
}

function linesOf(report: unknown): Line[] {
  const accounts = isObject(report) ? report['accounts'] : undefined;
  if (!Array.isArray(accounts)) return [];
  return accounts.flatMap((line: unknown) =>
    isObject(line) ? [{ account: String(line['account']), outcome: String(line['outcome']) }] : [],
  );
}
