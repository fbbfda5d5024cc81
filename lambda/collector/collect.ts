import type { AccountName } from '../core/account.ts';
import { type Catalog, isSameSchedule, scheduleAt, withSchedule } from '../core/catalog.ts';
import { CodedError } from '../core/error.ts';
import { isFailureCode } from '../core/failures.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import type { Keys } from '../core/keys.ts';
import { hasKey, rollCall, type Subject } from '../core/roll-call.ts';
import { isLate, isOnGrid, localMidnight, SETTLING, tolerance } from '../core/slots.ts';
import { CONCURRENT_CALLS } from './call-limits.ts';
import { remindOfExpiries } from './expiry-reminders.ts';
import { FairShares } from './fair-shares.ts';
import { KeyRing } from './key-ring.ts';
import { RegionRun } from './passes.ts';
import type { CollectorParts, CollectorSettings, KeySource, Metrics } from './ports.ts';
import { recordPrices } from './price-records.ts';
import { Recorder, type ReportLine } from './recorder.ts';
import type { Run, SnapshotRequest } from './run.ts';

/** What a run did for each account. */
export interface Report {
  readonly slot: string;
  readonly manual: boolean;
  /** In order of account. */
  readonly accounts: readonly ReportLine[];
  /** Problems in the secret that belong to no account. */
  readonly remarks: readonly string[];
}

type LoadedKeys = Awaited<ReturnType<KeySource['get']>>;

/** Reserved at the end of the time limit for the last writes. */
const RESERVED_FOR_WRITES = 5 * SECOND;
/** It is enough for so many accounts that are all decided only then. */
const ACCOUNTS_IN_RESERVE = 50;
/** Reserved for each further account. A write takes 26 ms on the processor of 256 MB, a first one twice as long. */
const RESERVED_PER_ACCOUNT = 60;
/** Reserved after the last write for returning. */
const RESERVED_FOR_RETURN = SECOND;

/**
 * Takes one snapshot of every account of every configured region, and records it or the reason why there is none.
 * Each account is decided on its own; a failing one does not affect the others.
 *
 * @param endsAt when the platform ends the run. Calls end at least 5 s before it, and by the end of the slot's tolerance.
 * @throws CodedError secret.* or ledger.* if the run cannot start; `run.unrecorded` if the outcome of some accounts is
 * not known to be in the ledger (all others are). The platform should then run the slot again.
 */
export async function collect(
  request: SnapshotRequest,
  settings: CollectorSettings,
  parts: CollectorParts,
  endsAt: Instant,
): Promise<Report> {
  const begun = begin(request, settings, parts.clock.now(), endsAt);
  const [held, catalog] = await Promise.all([parts.keys.get(), parts.catalog.get()]);
  parts.blocks.learn(catalog.value);
  const keys = await agreedKeys(begun, parts, held, catalog.value);
  const subjects = settings.regions.map((region) => rollCall(region, keys.value, catalog.value, begun.slot));
  const more = Math.max(0, subjects.flat().length - ACCOUNTS_IN_RESERVE);
  const lastCall = endsAt - RESERVED_FOR_WRITES - more * RESERVED_PER_ACCOUNT;
  const run: Run = { ...begun, deadline: Math.min(begun.deadline, lastCall) };
  if (!run.manual) await announceSchedule(run, parts, catalog.value);

  const recorder = new Recorder(run, parts, catalog.value);
  const keyRing = new KeyRing(parts.keys, keys);
  const shares = new FairShares(CONCURRENT_CALLS);
  const pricing = await Promise.all(
    subjects.map(async (ofRegion, index) => {
      const decided = new AbortController();
      const region = settings.regions[index];
      // Without an account that is asked there is nothing to value, and a region that blocks this address is left alone. A
      // late run has no time left to ask.
      const isAsked = ofRegion.some((subject) => isOpen(subject, parts));
      const quotation = region && isAsked ? parts.prices?.take(region, run, decided.signal) : undefined;
      // It is awaited with the recording. Until then a rejection would end the process, and the accounts with it.
      quotation?.catch(() => undefined);
      await new RegionRun(run, parts, keyRing, recorder, shares).decide(ofRegion);
      decided.abort();
      // Not awaited yet: prices hold up neither the alarms' numbers nor the retry of a run.
      return region && quotation && { done: recordPrices(region, run, parts, recorder, quotation) };
    }),
  );

  const report: Report = {
    slot: formatSecond(run.slot),
    manual: run.manual,
    accounts: recorder.lines,
    remarks: keys.value.remarks,
  };
  logRun(report, run, parts);
  recorder.throwIfUnrecorded();
  if (!run.manual) parts.emit(await measure(report, run, parts, await keyRing.newest(), recorder));
  await Promise.all(pricing.map((prices) => prices?.done));
  return report;
}

function isOpen({ account, key }: Subject, { blocks, clock }: CollectorParts): boolean {
  return hasKey(key) && blocks.reasonToSkip(account, clock.now()) === undefined;
}

function begin(
  request: SnapshotRequest,
  settings: CollectorSettings,
  startedAt: Instant,
  endsAt: Instant,
): Run {
  const late = isLate(settings.every, request.slot, startedAt);
  const lastObservation = request.slot + tolerance(settings.every);
  return {
    ...request,
    settings,
    startedAt,
    late,
    deadline: Math.min(endsAt - RESERVED_FOR_WRITES, lastObservation),
    // A slot's record is final once the slot has settled. A late run writes after that, but replaces nothing.
    writesEnd: late
      ? endsAt - RESERVED_FOR_RETURN
      : Math.min(endsAt - RESERVED_FOR_RETURN, lastObservation + SETTLING),
  };
}

/**
 * The keys, checked against the catalog. Cached keys are read again if they would fail an account or reopen a closed
 * one: the secret may have changed since. If it cannot be read, closed accounts stay closed.
 */
async function agreedKeys(
  run: Run,
  { keys: source }: CollectorParts,
  held: LoadedKeys,
  catalog: Catalog,
): Promise<LoadedKeys> {
  if (!held.earlier) return held;
  const { slot, settings } = run;
  const isClosed = (account: AccountName) => (catalog.accounts.get(account)?.closedFrom ?? Infinity) <= slot;
  const subjects = settings.regions.flatMap((region) => rollCall(region, held.value, catalog, slot));
  if (!subjects.some(({ account, key }) => !hasKey(key) || isClosed(account))) return held;
  try {
    return { value: await source.reload(), earlier: false };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    const accounts = new Map([...held.value.accounts].filter(([account]) => !isClosed(account)));
    return { ...held, value: { ...held.value, accounts } };
  }
}

/** Writes a new schedule to the catalog before the first item that follows it. */
async function announceSchedule(run: Run, parts: CollectorParts, catalog: Catalog): Promise<void> {
  if (!isNews(run, catalog)) return;
  const { every, timeZone, regions } = run.settings;
  const entry = { from: run.slot, every, timeZone, regions };
  await parts.ledger.addSchedule(entry, run.writesEnd - parts.clock.now());
  parts.catalog.update((current) => withSchedule(current, entry));
}

/**
 * True if the run's settings are a schedule that the catalog lacks. A late event that was fired under an earlier
 * schedule and reaches newer code does not count, unless the schedule in force cannot have fired it: past expectations
 * are not rewritten. If a schedule already begins at this slot, the ledger keeps that one and so must this process: the
 * next slot's run announces ours.
 */
function isNews({ slot, late, settings }: Run, catalog: Catalog): boolean {
  if (catalog.schedules.some(({ from }) => from >= slot)) return false;
  const inForce = scheduleAt(catalog, slot);
  if (inForce === undefined) return true;
  return !isSameSchedule(inForce, settings) && (!late || !isOnGrid(inForce, slot));
}

function logRun(report: Report, run: Run, parts: CollectorParts): void {
  for (const remark of report.remarks) parts.log({ level: 'WARN', message: 'secret', detail: remark });
  const count = (outcome: ReportLine['outcome']) =>
    report.accounts.filter((line) => line.outcome === outcome).length;
  const failed = failures(report);
  const unrecorded = count('unrecorded');
  parts.log({
    level: unrecorded > 0 ? 'ERROR' : failed > 0 ? 'WARN' : 'INFO',
    message: 'run',
    slot: report.slot,
    accounts: report.accounts.length,
    ok: count('ok'),
    duplicates: count('duplicate'),
    failed,
    unrecorded,
    milliseconds: parts.clock.now() - run.startedAt,
  });
}

/** Counts failures in every scheduled run, even when there are none; checks expiries once a day, at local midnight. */
async function measure(
  report: Report,
  run: Run,
  parts: CollectorParts,
  keys: Keys,
  recorder: Recorder,
): Promise<Metrics> {
  // An entry with an invalid name has no account to fail, but its snapshot is still expected.
  const AccountsFailed = failures(report) + keys.unnamed;
  if (run.slot !== localMidnight(run.settings.timeZone, run.slot)) return { AccountsFailed };
  const DaysToKeyExpiry = await remindOfExpiries(run, parts, keys, recorder);
  return DaysToKeyExpiry === undefined ? { AccountsFailed } : { AccountsFailed, DaysToKeyExpiry };
}

function failures(report: Report): number {
  return report.accounts.filter((line) => isFailureCode(line.outcome)).length;
}
