import pLimit from 'p-limit';
import { regionOf } from '../core/account.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import type { ApiKey } from '../core/keys.ts';
import { hasKey, type Subject } from '../core/roll-call.ts';
import { isLate, tolerance } from '../core/slots.ts';
import type { Refusal } from '../core/verdict.ts';
import { CALL_TIMEOUT, CONCURRENT_CALLS } from './call-limits.ts';
import type { KeyRing } from './key-ring.ts';
import type { CollectorParts } from './ports.ts';
import type { Reason, Recorder } from './recorder.ts';
import type { Run } from './run.ts';

/** When the later passes begin, counted from the start of the run. The first asks every account, at once. */
const PASSES = [2 * SECOND, 15 * SECOND, 60 * SECOND, 150 * SECOND];
/** Each pass is moved by up to this part of its time either way, so that not everybody comes back at once. */
const JITTER = 0.2;
/** At least this lies between two passes: a 429 is not asked again within the same second. */
const MIN_PAUSE = SECOND;
/** How often an account may meet a refusal of each kind in one run. */
const TRIES: Readonly<Record<Refusal['retry'], number>> = {
  never: 1,
  once: 2,
  thrice: 3,
  later: Number.POSITIVE_INFINITY,
};

/** An account that is being asked. */
interface Candidate {
  readonly subject: Subject;
  key: ApiKey;
  attempts: number;
  /** The last refusal, while it may still heal. */
  cause?: Refusal;
  readonly met: Record<Refusal['retry'], number>;
}

/**
 * Decides every account of one region: asks those that have a key, in passes, as long as that can help and there is
 * time, and records each outcome. What cannot heal is recorded at once; what did not heal in time, with its cause.
 * Waiting holds no place: between two passes nothing is under way.
 */
export class RegionRun {
  readonly #run: Run;
  readonly #parts: CollectorParts;
  readonly #keyRing: KeyRing;
  readonly #recorder: Recorder;
  readonly #places = pLimit(CONCURRENT_CALLS);
  /** Set once Upbit has blocked our address: nobody else of this region is asked in this run. */
  #stopped: Reason | undefined;

  constructor(run: Run, parts: CollectorParts, keyRing: KeyRing, recorder: Recorder) {
    this.#run = run;
    this.#parts = parts;
    this.#keyRing = keyRing;
    this.#recorder = recorder;
  }

  /** Resolves when every account is recorded, or is known to the recorder as unrecorded. */
  async decide(subjects: readonly Subject[]): Promise<void> {
    const candidates: Candidate[] = [];
    const decided: Promise<void>[] = [];
    for (const subject of subjects) {
      const reason = this.#reasonNotToAsk(subject);
      if (reason !== undefined)
        decided.push(this.#places(() => this.#recorder.failure(subject, { attempts: 0 }, reason)));
      else if (hasKey(subject.key))
        candidates.push({
          subject,
          key: subject.key,
          attempts: 0,
          met: { never: 0, once: 0, thrice: 0, later: 0 },
        });
    }
    await Promise.all([...decided, this.#ask(candidates)]);
  }

  #reasonNotToAsk(subject: Subject): Reason | undefined {
    if (!hasKey(subject.key)) return subject.key;
    const { slot, startedAt, late, settings } = this.#run;
    if (late) {
      return {
        code: 'late',
        detail: `the run began at ${formatSecond(startedAt)} by this host’s clock, more than ${tolerance(settings.every) / SECOND} s after the slot ${formatSecond(slot)}; nothing was asked`,
      };
    }
    const blockedUntil = Math.max(
      this.#recorder.blockedUntil(subject.account) ?? 0,
      this.#parts.blocks.until(subject.account) ?? 0,
    );
    if (blockedUntil <= startedAt) return undefined;
    const own = this.#parts.blocks.ofAccount(subject.account);
    return {
      code: 'upbit.blocked',
      detail: `not asked: Upbit’s block lasts until ${formatSecond(blockedUntil)}`,
      // The catalog may lack it: the run that met it could not write, or was a check.
      ...(own === undefined ? {} : { block: { until: own } }),
    };
  }

  async #ask(candidates: Candidate[]): Promise<void> {
    let waiting = await this.#pass(candidates);
    for (const after of PASSES) {
      if (waiting.length === 0 || this.#stopped !== undefined || this.#recorder.trouble.aborted) break;
      const { now, sleep } = this.#parts.clock;
      const begin = Math.max(
        this.#run.startedAt + after * (1 + JITTER * (2 * this.#parts.random() - 1)),
        now() + MIN_PAUSE,
      );
      if (begin >= this.#run.deadline) break;
      await sleep(begin - now(), this.#recorder.trouble);
      if (this.#recorder.trouble.aborted) break;
      waiting = await this.#pass(waiting);
    }
    await Promise.all(waiting.map((candidate) => this.#places(() => this.#giveUp(candidate))));
  }

  /** Asks each once, and returns those that are still undecided. */
  async #pass(candidates: Candidate[]): Promise<Candidate[]> {
    const undecided = await Promise.all(
      candidates.map((candidate) =>
        this.#places(async () => ((await this.#attempt(candidate)) ? [] : [candidate])),
      ),
    );
    return undecided.flat();
  }

  /** Asks one account, unless it must wait, and returns whether it is decided and recorded. */
  async #attempt(candidate: Candidate): Promise<boolean> {
    const { subject } = candidate;
    const { now } = this.#parts.clock;
    const left = this.#run.deadline - now();
    if (left <= 0 || this.#stopped !== undefined || (candidate.cause?.notBefore ?? 0) > now()) return false;

    candidate.attempts += 1;
    const given = Math.min(CALL_TIMEOUT, left);
    const verdict = await this.#parts.exchange.ask(subject.account, candidate.key, given);
    const observedAt = now();
    const asking = { attempts: candidate.attempts, accessKey: candidate.key.accessKey };
    if (verdict.kind === 'balances') {
      const { every } = this.#run.settings;
      if (isLate(every, this.#run.slot, observedAt))
        await this.#recorder.failure(subject, asking, this.#answeredLate(observedAt));
      else await this.#recorder.snapshot(subject, asking, observedAt, verdict);
      return true;
    }

    // Cut off by our own deadline: that says nothing about Upbit, and is no cause to record.
    if (verdict.code === 'upbit.timeout' && given < CALL_TIMEOUT) return false;
    // Should the catalog not take it, this process knows it: the platform tries the run again in a minute.
    if (verdict.block !== undefined)
      this.#parts.blocks.note(subject.account, regionOf(subject.account), {
        ...verdict.block,
        whom: 'account',
      });
    if (verdict.block?.whom === 'address')
      this.#stopped = { code: 'upbit.blocked', detail: `not asked: ${verdict.detail}` };
    if (verdict.code.startsWith('key.')) {
      const key = await this.#keyRing.replacement(subject.account, candidate.key);
      if (key !== undefined) {
        candidate.key = key;
        return await this.#attempt(candidate);
      }
    }
    candidate.met[verdict.retry] += 1;
    if (candidate.met[verdict.retry] < TRIES[verdict.retry]) {
      candidate.cause = verdict;
      return false;
    }
    await this.#recorder.failure(subject, asking, verdict);
    return true;
  }

  /** Time is up: the cause is recorded, not the clock, where one was seen. */
  async #giveUp({ subject, key, attempts, cause }: Candidate): Promise<void> {
    const stopped = attempts === 0 ? this.#stopped : undefined;
    const reason = cause ?? stopped ?? this.#outOfTime(attempts);
    const asking = attempts === 0 ? { attempts } : { attempts, accessKey: key.accessKey };
    await this.#recorder.failure(subject, asking, reason);
  }

  /** Nothing was seen but the clock: an answer that was still waited for when the tolerance ended would be late. */
  #outOfTime(attempts: number): Reason {
    if (attempts === 0)
      return { code: 'deadline', detail: 'the time of the run was used up before this account was asked' };
    const { slot, settings, deadline } = this.#run;
    if (deadline < slot + tolerance(settings.every))
      return { code: 'deadline', detail: 'the time of the run was used up before Upbit answered' };
    return {
      code: 'late',
      detail: `Upbit had not answered at ${formatSecond(deadline)} by this host’s clock, when the tolerance of the slot ${formatSecond(slot)} ended; it was not waited for any longer`,
    };
  }

  #answeredLate(observedAt: Instant): Reason {
    return {
      code: 'late',
      detail: `Upbit’s answer came at ${formatSecond(observedAt)} by this host’s clock, after the tolerance of the slot ${formatSecond(this.#run.slot)}, and was thrown away`,
    };
  }
}
