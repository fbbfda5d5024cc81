import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { ExchangeFaultName } from './exchange-faults.ts';
import type { Process, Run, Told } from './execution.ts';
import type { Findings } from './findings.ts';
import type { ExchangeCall, ExchangeTold } from './simulated-exchange.ts';

const BADLY_MADE: readonly ExchangeFaultName[] = ['noToken', 'jwtVerification', 'nonceUsed'];
const MAX_A_SECOND = 30;
const MAX_RATE_LIMITED = 3;

/** Judges every call to Upbit when it is made. */
export class CallJudge {
  readonly #findings: Findings;
  readonly #times = new Map<string, Instant[]>();

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  asked(call: ExchangeCall, process: Process, run: Run): void {
    const { account, at, region } = call;
    if (account === undefined) return;
    const recent = (this.#times.get(account) ?? []).filter((time) => time > at - SECOND);
    recent.push(at);
    this.#times.set(account, recent);
    this.#findings.check(
      'I6 at most 30 calls a second',
      recent.length <= MAX_A_SECOND,
      () => `${recent.length} calls about ${account} in a second`,
    );
    this.#findings.check(
      'I8 no key leaked',
      process.deployment.regions.includes(region),
      () => `${run.id} sent the key of ${account} to ${region}, which is not configured`,
    );
    this.#blocked(call, process, run);
    this.#rateLimited(call, run);
  }

  /** Upbit accepts the token of a call: its form, its signature, and its nonce, which must be new. */
  told({ account }: ExchangeCall, { fault, isPlanned }: ExchangeTold, run: Run): void {
    this.#findings.check(
      'calls are well formed',
      // A check tries the other algorithm on purpose.
      isPlanned || run.kind === 'check' || fault === undefined || !BADLY_MADE.includes(fault),
      () => `${run.id} called for ${account} and got ${fault}`,
    );
  }

  #blocked({ account, region, at }: ExchangeCall, process: Process, run: Run): void {
    if (account === undefined) return;
    // A run that could read the catalog must honour it, and what its own process was told.
    const canKnow = run.hasReadCatalog || !run.dynamoDbFailed;
    const inCatalog = canKnow ? (run.blocked.get(account) ?? 0) : 0;
    const until = Math.max(inCatalog, process.blocked.get(account) ?? 0);
    const by = until - at - process.ahead;
    this.#findings.check(
      'I6 no call while blocked',
      by <= 0,
      () => `${run.id} called for ${account} ${by} ms before its block ends`,
    );
    const early = (process.blockedRegions.get(region) ?? 0) - at - process.ahead;
    this.#findings.check(
      'I6 no call while blocked',
      early <= 0,
      () => `${run.id} called ${region} for ${account} ${early} ms before the block of the address ends`,
    );
  }

  #rateLimited({ account, at, path }: ExchangeCall, run: Run): void {
    const limited = run.told.filter(({ call, told }) => call.account === account && told.wait !== undefined);
    const last: Told | undefined = limited.at(-1);
    if (last === undefined) return;
    const early = last.at - run.process.ahead + (last.told.wait ?? 0) - at;
    this.#findings.check(
      'I6 429 waited out, at most three attempts',
      early <= 0,
      () => `${run.id} called for ${account} ${early} ms too early after a 429`,
    );
    const asked = limited.filter(({ call }) => call.path === path).length;
    this.#findings.check(
      'I6 429 waited out, at most three attempts',
      asked < MAX_RATE_LIMITED,
      () => `${run.id} called for ${account} again after ${asked} times 429`,
    );
  }
}
