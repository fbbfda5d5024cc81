import { CodedError } from '../../lambda/core/error.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { toleranceOf } from './calendar.ts';
import { accountRows, scheduleRows } from './catalog-model.ts';
import type { Ending, Run } from './execution.ts';
import type { Findings } from './findings.ts';
import { type CanSignIn, type Line, LineJudge } from './line-judge.ts';
import type { Mix } from './mix.ts';
import { regionIn } from './names.ts';
import type { SimulatedTable } from './simulated-table.ts';
import { CLOCK_ALLOWANCE, isOwnSlot } from './write-judge.ts';

/** Judges every run at its end. */
export class RunJudge {
  readonly #findings: Findings;
  readonly #mix: Mix;
  readonly #table: SimulatedTable;
  /** Slots whose run was killed, until another one has returned. */
  readonly #killed = new Set<string>();
  readonly #lines: LineJudge;

  constructor(findings: Findings, mix: Mix, table: SimulatedTable, canSignIn: CanSignIn) {
    this.#findings = findings;
    this.#mix = mix;
    this.#table = table;
    this.#lines = new LineJudge(findings, mix, table, canSignIn);
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
    const code = error instanceof CodedError ? error.code : 'not one of ours';
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
        'I9 a killed run is completed',
        [...expected].every((account) => this.#table.item(account, slot) !== undefined),
        () => `${run.id} did not complete what an earlier run left`,
      );
    }
    for (const line of lines) this.#lines.judge(run, line, now + run.process.ahead);
    this.#schedule(run);
  }

  /** The accounts that a run must decide, whichever version of the secret it has read. */
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
      // If the secret cannot be read, closed accounts stay closed.
      const isBlind = run.texts.every(({ isUnreadable }) => isUnreadable);
      const closed = rows.filter(({ closedFrom }) => isBlind && closedFrom <= time);
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

  /** A schedule that fired in time is in the catalog for its slots, unless a later one was already there. */
  #schedule(run: Run): void {
    if (run.kind !== 'slot') return;
    const { deployment, ahead } = run.process;
    const slot = Date.parse(run.slot ?? '');
    if (run.begun + ahead > slot + toleranceOf(deployment.every) - 2 * SECOND) return;
    const schedules = scheduleRows(this.#table);
    // There is already a schedule of a later slot, or the slot was the first one of the previous schedule.
    if (schedules.some(({ from }) => from > slot)) return;
    const inForce = schedules.findLast(({ from }) => from <= slot);
    const isRight =
      inForce?.every === deployment.every &&
      inForce.timeZone === deployment.timeZone &&
      inForce.regions.join() === deployment.regions.join();
    this.#findings.check(
      'I2 every slot accounted for',
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
