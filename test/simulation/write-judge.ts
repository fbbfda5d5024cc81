import Big from 'big.js';
import type { BalanceLine } from '../../infra/local/simulated-upbit.ts';
import { FAILURES } from '../../lambda/core/failures.ts';
import { type Instant, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { isSlot, toleranceOf } from './calendar.ts';
import { accountRow, timeIn } from './catalog-model.ts';
import type { Run } from './execution.ts';
import type { Item } from './expressions.ts';
import type { Findings } from './findings.ts';
import type { Mix } from './mix.ts';
import { regionIn } from './names.ts';
import type { SimulatedTable, Write } from './simulated-table.ts';

/** Judges every write when it is applied. */
export class WriteJudge {
  readonly #findings: Findings;
  readonly #mix: Mix;
  readonly #table: SimulatedTable;

  constructor(findings: Findings, mix: Mix, table: SimulatedTable) {
    this.#findings = findings;
    this.#mix = mix;
    this.#table = table;
  }

  /** A write of a run; `at` is the true time it was applied. */
  wrote(write: Write, run: Run, at: Instant): void {
    const catalog = 'the catalog loses nothing';
    this.#findings.check(catalog, run.kind !== 'check', () => `${run.id} wrote, although it is only a check`);
    if (!write.account.startsWith('#')) this.#item(write, run, at);
    else if (write.slot.startsWith('account#')) this.#account(write, run);
    else this.#schedule(write, run);
  }

  #account({ before, after, slot: key }: Write, run: Run): void {
    const check = (holds: boolean, what: string) =>
      this.#findings.check('the catalog loses nothing', holds, () => `${run.id} ${what} ${key}`);
    const now = accountRow(after);
    if (before === undefined) {
      check(now.since === Date.parse(run.slot ?? ''), 'added with another slot than its own');
      check(now.closedFrom === Number.POSITIVE_INFINITY, 'added as closed');
      return;
    }
    const was = accountRow(before);
    check(now.since === was.since, 'changed the first expected slot of');
    check(now.blockedUntil >= was.blockedUntil, 'shortened the block of');
    if (now.closedFrom === was.closedFrom) return;
    check(now.closedFrom === Number.POSITIVE_INFINITY, 'closed');
    const isNamed = run.texts.some(({ accounts }) => accounts.has(now.account));
    check(isNamed, 'reopened, without having read its key,');
    this.#mix.count('people', 'account reopened');
  }

  #schedule({ before, after, slot: key }: Write, run: Run): void {
    const { every, timeZone, regions } = run.process.deployment;
    const check = (holds: boolean, what: string) =>
      this.#findings.check('the catalog loses nothing', holds, () => `${run.id} ${what} ${key}`);
    check(before === undefined, 'replaced');
    check(key === `schedule#${run.slot}`, 'added from another slot than its own');
    check(
      after['every']?.S === every &&
        after['timeZone']?.S === timeZone &&
        after['regions']?.S === regions.join(),
      'added another schedule than its own as',
    );
  }

  #item({ account, slot, before, after }: Write, run: Run, at: Instant): void {
    const { deployment, ahead } = run.process;
    const key = `${account} ${slot}`;
    const check = (invariant: Parameters<Findings['check']>[0], holds: boolean, what: string) =>
      this.#findings.check(invariant, holds, () => `${run.id} ${what}: ${key}`);
    const isFailure = after['failure'] !== undefined;
    check(
      'I1 one success, never changed',
      before === undefined || before['failure'] !== undefined,
      'wrote over a success',
    );
    check('I2 every slot accounted for', slot === run.slot, `wrote another slot than its own, ${run.slot}`);
    check(
      'I2 every slot accounted for',
      deployment.regions.includes(regionIn(account)),
      'wrote for a region that is not its own',
    );
    const asksNothing = isFailure && (after['attempts']?.N === '0' || after['failure']?.S === 'late');
    check(
      'I1 one success, never changed',
      before === undefined || !asksNothing,
      'replaced something without a call',
    );
    const settled = Date.parse(slot) + toleranceOf(deployment.every) + MINUTE + Math.abs(ahead);
    const isFinal = at > settled;
    check(
      'final after the settling time',
      !isFinal || (before === undefined && isFailure),
      'changed what was final',
    );
    this.#known(account, after, run);
    if (isFailure) this.#failure(after, key, run);
    else this.#snapshot(after, account, Date.parse(slot), run);
  }

  /** An account in the secret must be in the catalog first. */
  #known(account: string, after: Item, run: Run): void {
    const isEntered = this.#table.item('#catalog', `account#${account}`) !== undefined;
    const failure = after['failure']?.S ?? '';
    const isDefault = account === `${regionIn(account)}/main` && /^keys\.(missing|invalid)$/.test(failure);
    this.#findings.check(
      'the catalog before the item',
      isEntered || isDefault,
      () => `${run.id} wrote ${account}, which is not in the catalog`,
    );
    if (isEntered || failure !== 'keys.missing') return;
    const isNamed = [run.held, ...run.texts].some((text) => text?.accounts.has(regionName(account)) === true);
    this.#findings.check(
      'the catalog before the item',
      !isNamed || run.texts.length > 0,
      () => `${run.id} calls ${account} missing`,
    );
  }

  #failure(after: Item, key: string, run: Run): void {
    const code = after['failure']?.S ?? '';
    const isTold = Object.hasOwn(FAILURES, code) && (after['detail']?.S ?? '') !== '';
    this.#findings.check(
      'I2 every slot accounted for',
      isTold,
      () => `${run.id} gave no reason: ${key} ${code}`,
    );
    this.#mix.count('outcome', code);
  }

  #snapshot(after: Item, account: string, slot: Instant, run: Run): void {
    const observedAt = timeIn(after, 'observedAt') ?? Number.NaN;
    const late = observedAt - slot - toleranceOf(run.process.deployment.every);
    this.#findings.check(
      'I3 observed in time',
      late <= 0,
      () => `${run.id} ${account} was observed ${late} ms too late`,
    );
    const source = run.told.find(
      ({ call, told, at }) => call.account === account && told.lines !== undefined && at === observedAt,
    );
    const lines = source?.told.lines;
    this.#findings.check(
      'I10 a checked answer behind every snapshot',
      lines !== undefined,
      () => `${run.id} ${account} has a snapshot of ${after['observedAt']?.S}, when no good answer came`,
    );
    if (lines === undefined) return;
    const wrong = difference(after, lines);
    this.#findings.check(
      'I4 exact amounts',
      wrong === undefined,
      () => `${run.id} ${account} differs from what was sent: ${wrong}`,
    );
    this.#mix.count('outcome', 'ok');
  }
}

function regionName(account: string) {
  const region = regionIn(account);
  return `${region}/${account.slice(region.length + 1)}` as const;
}

/** Where an item differs from what was sent; numbers are read by big.js. */
function difference(item: Item, lines: readonly BalanceLine[]): string | undefined {
  const currencies = Object.keys(item['balance']?.M ?? {});
  if (currencies.length !== lines.length) return `${currencies.length} currencies of ${lines.length}`;
  for (const line of lines) {
    const { currency } = line;
    const stored = (name: string) => item[name]?.M?.[currency];
    const isSame = (name: string, sent: string) => new Big(stored(name)?.N ?? '0').eq(new Big(sent));
    if (stored('balance') === undefined || !isSame('balance', line.balance)) return `balance of ${currency}`;
    if (!isSame('locked', line.locked)) return `locked of ${currency}`;
    if (!isSame('avgBuyPrice', line.avg_buy_price)) return `avg_buy_price of ${currency}`;
    const isModified = item['avgBuyPriceModified']?.SS?.includes(currency) === true;
    if (isModified !== line.avg_buy_price_modified) return `avg_buy_price_modified of ${currency}`;
    const unit = stored('unitCurrencyOf')?.S ?? item['unitCurrency']?.S;
    if (unit !== line.unit_currency) return `unit_currency of ${currency}`;
  }
  return undefined;
}

/** True if a slot is on the grid configured for a run. */
export function isOwnSlot(run: Run): boolean {
  return run.slot !== undefined && isSlot(run.process.deployment, Date.parse(run.slot));
}

/** How far ahead of a process's clock a slot may be, and how far off a manual time. */
export const CLOCK_ALLOWANCE = 60 * SECOND;
