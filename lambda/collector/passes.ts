import { regionOf } from '../core/account.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import type { ApiKey } from '../core/keys.ts';
import { hasKey, type Subject } from '../core/roll-call.ts';
import { isLate, tolerance } from '../core/slots.ts';
import type { Refusal, Verdict } from '../core/verdict.ts';
import { CALL_TIMEOUT, MIN_PAUSE, PASSES } from './call-limits.ts';
import type { FairShares, Limit } from './fair-shares.ts';
import type { KeyRing } from './key-ring.ts';
import type { CollectorParts } from './ports.ts';
import type { Reason, Recorder } from './recorder.ts';
import type { Run } from './run.ts';

/** Each of {@link PASSES} is shifted by up to this fraction of its time either way, so that clients do not all retry at once. */
const JITTER = 0.2;
/** How many refusals of each kind an account may get in one run before it is recorded as failed. */
const TRIES: Readonly<Record<Refusal['retry'], number>> = {
  never: 1,
  once: 2,
  thrice: 3,
  later: Number.POSITIVE_INFINITY,
};

/** An account that is being collected. */
interface Candidate {
  readonly subject: Subject;
  key: ApiKey;
  attempts: number;
  /** The last refusal, while a retry may still succeed. */
  cause?: Refusal;
  /** How many refusals of each kind. */
  readonly met: Partial<Record<Refusal['retry'], number>>;
  /** The next of the later passes. */
  pass: number;
  /** When it is to be asked again. */
  due: Instant;
}

/** What one call came to. */
interface Answer {
  readonly verdict: Verdict;
  readonly observedAt: Instant;
  /** True where our own deadline left it less than the usual time. */
  readonly isCut: boolean;
}

/**
 * Decides every account of one region: calls Upbit for those that have a key, in passes, while a retry can help and
 * there is time, and records each outcome. A permanent refusal is recorded at once; one that outlasts the run, with
 * its cause. Waiting takes no concurrency slot: between two passes no call is in flight.
 */
export class RegionRun {
  readonly #run: Run;
  readonly #parts: CollectorParts;
  readonly #keyRing: KeyRing;
  readonly #recorder: Recorder;
  readonly #shares: FairShares;

  constructor(run: Run, parts: CollectorParts, keyRing: KeyRing, recorder: Recorder, shares: FairShares) {
    this.#run = run;
    this.#parts = parts;
    this.#keyRing = keyRing;
    this.#recorder = recorder;
    this.#shares = shares;
  }

  /** Resolves when every account is recorded, or noted by the recorder as unrecorded. */
  async decide(subjects: readonly Subject[]): Promise<void> {
    const candidates: Candidate[] = [];
    const decided: Promise<void>[] = [];
    for (const subject of subjects) {
      const reason = this.#reasonNotToAsk(subject);
      if (reason !== undefined) decided.push(this.#recorder.failure(subject, { attempts: 0 }, reason));
      else if (hasKey(subject.key))
        candidates.push({
          subject,
          key: subject.key,
          attempts: 0,
          met: {},
          pass: 0,
          due: 0,
        });
    }
    await Promise.all([...decided, this.#shares.enter((limit) => this.#ask(candidates, limit))]);
  }

  #reasonNotToAsk(subject: Subject): Reason | undefined {
    if (!hasKey(subject.key)) return subject.key;
    const { slot, startedAt, late, settings } = this.#run;
    if (late) {
      return {
        code: 'late',
        detail: `the run began at ${byOurClock(startedAt)}, more than ${tolerance(settings.every) / SECOND} s after the slot ${formatSecond(slot)}; no call was made`,
      };
    }
    const { blocks, clock } = this.#parts;
    const skipped = blocks.reasonToSkip(subject.account, clock.now());
    const own = blocks.ofAccount(subject.account);
    if (skipped === undefined || own === undefined) return skipped;
    // The catalog may lack it: the run that got the block could not write, or was a check.
    return { ...skipped, block: { until: own } };
  }

  async #ask(candidates: Candidate[], limit: Limit): Promise<void> {
    const { now, sleep } = this.#parts.clock;
    const { trouble } = this.#recorder;
    const times = PASSES.map(
      (after) => this.#run.startedAt + after * (1 + JITTER * (2 * this.#parts.random() - 1)),
    );
    const givenUp: Promise<void>[] = [];
    let waiting = new Set(candidates);
    let due = candidates;
    while (due.length > 0) {
      const undecided = new Set(await this.#pass(due, limit));
      for (const candidate of due) if (!undecided.has(candidate)) waiting.delete(candidate);
      for (const candidate of undecided) this.#schedule(candidate, times, now() + MIN_PAUSE);
      if (trouble.aborted) break;
      // A wait that ends too late is recorded now, and not slept through.
      const late = [...waiting].filter((candidate) => candidate.due >= this.#run.deadline);
      givenUp.push(...late.map((candidate) => this.#giveUp(candidate)));
      waiting = new Set([...waiting].filter((candidate) => !late.includes(candidate)));
      if (waiting.size === 0) break;
      const begin = Math.min(...[...waiting].map((candidate) => candidate.due));
      await sleep(begin - now(), trouble);
      if (trouble.aborted) break;
      due = [...waiting].filter((candidate) => candidate.due <= begin);
    }
    await Promise.all([...givenUp, ...[...waiting].map((candidate) => this.#giveUp(candidate))]);
  }

  /**
   * Says when an account is due again: at the next pass, or when the wait it was told ends, if that is before the pass after
   * it. So no account's wait moves that of another.
   */
  #schedule(candidate: Candidate, times: readonly Instant[], soonest: Instant): void {
    const notBefore = this.#notBefore(candidate);
    while (notBefore >= (times[candidate.pass + 1] ?? Infinity)) candidate.pass += 1;
    candidate.due = Math.max(times[candidate.pass] ?? Infinity, soonest, notBefore);
    candidate.pass += 1;
  }

  /** Tries each candidate once, and returns those that are still undecided. */
  async #pass(candidates: Candidate[], limit: Limit): Promise<Candidate[]> {
    const decided = await Promise.all(candidates.map((candidate) => this.#attempt(candidate, limit)));
    return candidates.filter((_, index) => !decided[index]);
  }

  /** Calls Upbit for one account, unless it must wait; returns whether it is decided and recorded. */
  async #attempt(candidate: Candidate, limit: Limit): Promise<boolean> {
    // Only the call needs a turn: recording has a limit of its own, and must not keep the next account from being asked.
    const answer = await limit(() => this.#call(candidate));
    if (answer === undefined) return false;
    const { verdict, observedAt } = answer;
    const { subject } = candidate;
    const asking = { attempts: candidate.attempts, accessKey: candidate.key.accessKey };
    if (verdict.kind === 'balances') {
      const { every } = this.#run.settings;
      if (isLate(every, this.#run.slot, observedAt))
        await this.#recorder.failure(subject, asking, this.#answeredLate(observedAt));
      else await this.#recorder.snapshot(subject, asking, observedAt, verdict);
      return true;
    }

    // Cut off by our own deadline: that says nothing about Upbit, so it is not recorded as a cause.
    if (verdict.code === 'upbit.timeout' && answer.isCut) return false;
    if (verdict.code.startsWith('key.')) {
      const key = await this.#keyRing.replacement(subject.account, candidate.key);
      if (key !== undefined) {
        candidate.key = key;
        return await this.#attempt(candidate, limit);
      }
    }
    const met = (candidate.met[verdict.retry] ?? 0) + 1;
    candidate.met[verdict.retry] = met;
    const outlastsRun = (verdict.notBefore ?? 0) >= this.#run.deadline;
    if (met < TRIES[verdict.retry] && !outlastsRun) {
      candidate.cause = verdict;
      return false;
    }
    await this.#recorder.failure(subject, asking, verdict);
    return true;
  }

  /** One call, once it is its turn; undefined where none may be made now. */
  async #call(candidate: Candidate): Promise<Answer | undefined> {
    const { blocks, exchange, clock } = this.#parts;
    const { now } = clock;
    const left = this.#run.deadline - now();
    if (left <= 0 || this.#notBefore(candidate) > now() || this.#recorder.hasGivenUp()) return undefined;
    candidate.attempts += 1;
    const { account } = candidate.subject;
    const verdict = await exchange.ask(account, candidate.key, Math.min(CALL_TIMEOUT, left));
    // Before the next one has its turn.
    if (verdict.kind === 'refusal' && verdict.block !== undefined)
      blocks.note(account, regionOf(account), verdict.block);
    return { verdict, observedAt: now(), isCut: left < CALL_TIMEOUT };
  }

  /** When Upbit may be called for the account: after the wait it stated, and after any block. */
  #notBefore({ subject, cause }: Candidate): Instant {
    return Math.max(cause?.notBefore ?? 0, this.#parts.blocks.until(subject.account));
  }

  /** No time is left: records the last refusal if there was one, otherwise why no call was made or answered. */
  async #giveUp({ subject, key, attempts, cause }: Candidate): Promise<void> {
    const { blocks, clock } = this.#parts;
    const now = clock.now();
    const isInFlight = attempts > 0 && now >= this.#run.deadline;
    const skipped = isInFlight ? undefined : blocks.reasonToSkip(subject.account, now);
    const reason = cause ?? skipped ?? this.#outOfTime(attempts);
    const asking = attempts === 0 ? { attempts } : { attempts, accessKey: key.accessKey };
    await this.#recorder.failure(subject, asking, reason);
  }

  /** No refusal was seen: if the tolerance ended while a call was in flight, its answer would have been late. */
  #outOfTime(attempts: number): Reason {
    const { slot, settings, deadline } = this.#run;
    if (attempts === 0 || deadline < slot + tolerance(settings.every)) {
      const what = attempts === 0 ? 'this account was tried' : 'Upbit answered';
      return { code: 'deadline', detail: `the run ran out of time before ${what}` };
    }
    return {
      code: 'late',
      detail: `Upbit had not answered at ${byOurClock(deadline)}, when the tolerance of the slot ${formatSecond(slot)} ended`,
    };
  }

  #answeredLate(observedAt: Instant): Reason {
    return {
      code: 'late',
      detail: `Upbit answered at ${byOurClock(observedAt)}, after the tolerance of the slot ${formatSecond(this.#run.slot)}, and was discarded`,
    };
  }
}

function byOurClock(instant: Instant): string {
  return `${formatSecond(instant)} by this host’s clock`;
}
