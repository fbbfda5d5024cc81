import type { AccountName } from '../core/account.ts';
import { type Catalog, isSameSchedule, scheduleAt, withSchedule } from '../core/catalog.ts';
import { CodedError } from '../core/error.ts';
import { isFailureCode } from '../core/failures.ts';
import { formatSecond, type Instant, SECOND } from '../core/instant.ts';
import type { Keys } from '../core/keys.ts';
import { hasKey, rollCall } from '../core/roll-call.ts';
import { isLate, isOnGrid, localMidnight, SETTLING, tolerance } from '../core/slots.ts';
import { remindOfExpiries } from './expiry-reminders.ts';
import { KeyRing } from './key-ring.ts';
import { RegionRun } from './passes.ts';
import type { CollectorParts, CollectorSettings, KeySource, Metrics } from './ports.ts';
import { Recorder, type ReportLine } from './recorder.ts';
import type { Run, SnapshotRequest } from './run.ts';

/** What a run did, account by account. */
export interface Report {
  readonly slot: string;
  readonly manual: boolean;
  /** In order of account. */
  readonly accounts: readonly ReportLine[];
  /** What of the secret could not be used and belongs to no account. */
  readonly remarks: readonly string[];
}

type LoadedKeys = Awaited<ReturnType<KeySource['get']>>;

/** Kept free at the end of the time limit, for the last writes. */
const RESERVED_FOR_WRITES = 5 * SECOND;
/** Kept free after the last write, for returning. */
const RESERVED_FOR_RETURN = SECOND;

/**
 * Takes one snapshot of every account of every configured region, and records it or the reason why there is none.
 * Each account is decided on its own; none suffers from another.
 *
 * @param endsAt when the platform ends the run. No call goes on later than 5 s before it, nor after the slot's tolerance.
 * @throws CodedError secret.* or ledger.* where nothing could be begun; `run.unrecorded` where the outcome of some
 * accounts is not known to be in the ledger (that of all others is). The platform is then to run the slot again.
 */
export async function collect(
  request: SnapshotRequest,
  settings: CollectorSettings,
  parts: CollectorParts,
  endsAt: Instant,
): Promise<Report> {
  const run = begin(request, settings, parts.clock.now(), endsAt);
  const [held, catalog] = await Promise.all([parts.keys.get(), parts.catalog.get()]);
  const keys = await agreedKeys(run, parts, held, catalog.value);
  if (!run.manual) await announceSchedule(run, parts, catalog.value);

  const recorder = new Recorder(run, parts, catalog.value);
  const keyRing = new KeyRing(parts.keys, keys);
  await Promise.all(
    settings.regions.map((region) =>
      new RegionRun(run, parts, keyRing, recorder).decide(
        rollCall(region, keys.value, catalog.value, run.slot),
      ),
    ),
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
  return report;
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
    // What is stored for a slot is final once it has settled. A late run writes later, but it replaces nothing.
    writesEnd: late
      ? endsAt - RESERVED_FOR_RETURN
      : Math.min(endsAt - RESERVED_FOR_RETURN, lastObservation + SETTLING),
  };
}

/**
 * The keys, in agreement with the catalog. Keys from memory are read again where they would make a failure of an
 * account, or open a closed one: the secret may say otherwise by now. Where it cannot be read, what is closed stays so.
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

/** The schedule stands in the catalog before the first item that follows it. */
async function announceSchedule(run: Run, parts: CollectorParts, catalog: Catalog): Promise<void> {
  if (!isNews(run, catalog)) return;
  const { every, timeZone, regions } = run.settings;
  const entry = { from: run.slot, every, timeZone, regions };
  await parts.ledger.addSchedule(entry, run.writesEnd - parts.clock.now());
  parts.catalog.update((current) => withSchedule(current, entry));
}

/**
 * True where the run's settings are a schedule that the catalog lacks. An event that was fired under an earlier
 * schedule and comes late, to newer code, is none: what was expected then is not rewritten. Only if the schedule in
 * force cannot have fired it is a late one news. Where one begins at this very slot, the ledger keeps that, and this
 * process must not believe otherwise: the next slot's run announces ours.
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

/** Failures are counted in every scheduled run, also where there are none; expiries once a day, at local midnight. */
async function measure(
  report: Report,
  run: Run,
  parts: CollectorParts,
  keys: Keys,
  recorder: Recorder,
): Promise<Metrics> {
  // An entry whose name is unusable has no account to fail, but somebody expects its snapshot.
  const AccountsFailed = failures(report) + keys.unnamed;
  if (run.slot !== localMidnight(run.settings.timeZone, run.slot)) return { AccountsFailed };
  const DaysToKeyExpiry = await remindOfExpiries(run, parts, keys, recorder);
  return DaysToKeyExpiry === undefined ? { AccountsFailed } : { AccountsFailed, DaysToKeyExpiry };
}

function failures(report: Report): number {
  return report.accounts.filter((line) => isFailureCode(line.outcome)).length;
}
