import { createLedgerReader } from '../../lambda/adapters/ledger/reader.ts';
import { type AccountName, parseAccountName } from '../../lambda/core/account.ts';
import { knownAccounts } from '../../lambda/core/completeness.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { DAY, MINUTE } from '../../lambda/core/instant.ts';
import type { LedgerReader } from '../../lambda/history/reader.ts';
import { samples, unfitSchedule } from '../../lambda/history/samples.ts';
import { slots } from '../../lambda/history/slots.ts';
import { ALL_CADENCES, lengthOf, slotAfter, textOf, toleranceOf } from './calendar.ts';
import { type AccountRow, accountRows, type ScheduleRow, scheduleRows } from './catalog-model.ts';
import { CommandJudge, type Truth } from './command-judge.ts';
import type { Dice } from './dice.ts';
import type { Item } from './expressions.ts';
import type { Findings } from './findings.ts';
import { REGIONS, regionIn } from './names.ts';
import { directDynamoDb } from './simulated-dynamodb.ts';
import type { SimulatedTable } from './simulated-table.ts';

/** What the project's own readers must say about one slot. */
interface Expected {
  readonly slot: Instant;
  readonly said: string;
  readonly isDue?: boolean;
}

/** Reads the ledger with the project's own code, and compares with what follows from the raw items. */
export class ReadingJudge {
  readonly #findings: Findings;
  readonly #table: SimulatedTable;
  readonly #dice: Dice;
  readonly #reader: LedgerReader;
  readonly #commands: CommandJudge;

  constructor(findings: Findings, table: SimulatedTable, dice: Dice) {
    this.#findings = findings;
    this.#table = table;
    this.#dice = dice;
    const client = directDynamoDb({ ledger: table });
    this.#reader = createLedgerReader({ client, tableName: 'ledger' }, () => Promise.resolve());
    this.#commands = new CommandJudge(findings, table, this.#reader);
  }

  async read(now: Instant): Promise<void> {
    const catalog = await this.#reader.catalog();
    const [schedules, rows] = [scheduleRows(this.#table), accountRows(this.#table)];
    const [first] = schedules;
    if (first === undefined) return;
    const from = first.from - DAY;
    const said = new Map<string, Expected[]>();
    for await (const outcome of slots({ reader: this.#reader, catalog, now }, knownAccounts(catalog), {
      from,
      to: now + DAY,
    })) {
      const list = said.get(outcome.account) ?? [];
      list.push({ slot: outcome.slot, said: `${outcome.outcome} ${outcome.reason ?? ''}` });
      said.set(outcome.account, list);
    }
    const regions = new Set(schedules.flatMap((schedule) => schedule.regions));
    const defaults = [...regions].map((region) => `${region}/main`);
    const accounts = new Set<string>([...rows.map(({ account }) => account), ...defaults, ...said.keys()]);
    const truths: Truth[] = [];
    for (const account of [...accounts].sort()) {
      const expected = this.#expected(account, rows, schedules, now);
      const name = parseAccountName(account);
      if (name !== undefined && (expected.length > 0 || rows.some((row) => row.account === account)))
        truths.push({
          account: name,
          isShownNow: this.#isShown(account, rows, schedules, now),
          gaps: expected
            .filter(({ said, isDue }) => isDue === true && !said.startsWith('snapshot'))
            .map(({ slot, said }) => ({ slot, reason: said.split(' ')[1] ?? '' })),
        });
      const wrong = firstDifference(expected, said.get(account) ?? []);
      this.#findings.check(
        'I2 every slot accounted for',
        wrong === undefined,
        () => `read at ${textOf(now)}, ${account}: ${wrong}`,
      );
    }
    await this.#samples(catalog, rows, schedules, now);
    // They read the ledger five times, so not whenever it is read.
    if (this.#dice.number(`typed ${now}`) > 0.25) return;
    const begin = Math.min(first.from, ...rows.map(({ since }) => since));
    await this.#commands.judge(truths, begin, now);
  }

  /** Whether `latest` shows the account: unless it is closed, or a default account that is not expected now. */
  #isShown(
    account: string,
    rows: readonly AccountRow[],
    schedules: readonly ScheduleRow[],
    now: Instant,
  ): boolean {
    const own = rows.find((row) => row.account === account);
    if (own !== undefined)
      return [...own.turns, own.closedFrom].filter((turn) => turn <= now).length % 2 === 0;
    const inForce = schedules.findLast(({ from }) => from <= now);
    return inForce?.regions.includes(regionIn(account)) === true && this.#open(account, rows)(now);
  }

  #expected(
    account: string,
    rows: readonly AccountRow[],
    schedules: readonly ScheduleRow[],
    now: Instant,
  ): Expected[] {
    const lastBefore = new Map<Instant, Instant>();
    const found: Expected[] = [];
    for (const { slot, grid, gridEnd } of this.#expectedSlots(account, rows, schedules, now + 1)) {
      const lastRecorded = lastBefore.get(gridEnd) ?? this.#lastRecorded(gridEnd);
      lastBefore.set(gridEnd, lastRecorded);
      const isDue = now > slot + toleranceOf(grid.every) + MINUTE;
      const said =
        this.#said(account, slot) ?? (slot > lastRecorded ? 'missing scheduleChanged' : 'missing missing');
      if (isDue || !said.startsWith('missing')) found.push({ slot, said, isDue });
    }
    return found;
  }

  /** Every slot before a time at which the account is expected, one by one, with the schedule and where its grid ends. */
  *#expectedSlots(
    account: string,
    rows: readonly AccountRow[],
    schedules: readonly ScheduleRow[],
    before: Instant,
  ): Generator<{ readonly slot: Instant; readonly grid: ScheduleRow; readonly gridEnd: Instant }> {
    const region = regionIn(account);
    const isOpen = this.#open(account, rows);
    for (const [index, grid] of schedules.entries()) {
      if (!grid.regions.includes(region)) continue;
      const end = Math.min(schedules[index + 1]?.from ?? before, before);
      const gridEnd =
        schedules
          .slice(index + 1)
          .find(({ every, timeZone }) => every !== grid.every || timeZone !== grid.timeZone)?.from ??
        Number.POSITIVE_INFINITY;
      for (let slot = grid.from; slot < end; slot = slotAfter(grid, slot))
        if (isOpen(slot)) yield { slot, grid, gridEnd };
    }
  }

  /** Whether the account is open at a slot, or is its region's default account there. */
  #open(account: string, rows: readonly AccountRow[]): (slot: Instant) => boolean {
    const region = regionIn(account);
    const own = rows.find((row) => row.account === account);
    const turns = own === undefined ? [] : [own.since, ...own.turns, own.closedFrom];
    const firstKnown = Math.min(
      ...rows.filter((row) => regionIn(row.account) === region).map(({ since }) => since),
    );
    const items = this.#table.partition(account);
    const firstItem = firstSlot(items);
    // Before anything at all was recorded, every region is expected.
    const defaults = REGIONS.flatMap((id) => this.#table.partition(`${id}/main`));
    const firstRecorded = Math.min(firstSlot(defaults), ...rows.map(({ since }) => since));
    return (slot) =>
      turns.filter((turn) => turn <= slot).length % 2 === 1 ||
      (account === `${region}/main` && slot < firstKnown && (firstItem <= slot || slot < firstRecorded));
  }

  /** What the item of a slot says; a manual snapshot does not count. */
  #said(account: string, slot: Instant): string | undefined {
    const item = this.#table.item(account, textOf(slot));
    if (item === undefined || item['manual'] !== undefined) return undefined;
    const failure = item['failure']?.S;
    return failure === undefined ? 'snapshot ' : `failure ${failure}`;
  }

  /** The last slot before a time with a scheduled item of any account. */
  #lastRecorded(end: Instant): Instant {
    if (end === Number.POSITIVE_INFINITY) return end;
    const slotsOf = this.#table
      .partitions()
      .filter((account) => !account.startsWith('#'))
      .flatMap((account) => this.#table.partition(account))
      .filter((item) => item['manual'] === undefined)
      .map((item) => Date.parse(item['slot']?.S ?? ''));
    return Math.max(Number.NEGATIVE_INFINITY, ...slotsOf.filter((slot) => slot < end));
  }

  /** The points of a coarser grid, for one account: those that its expected slots fall on. */
  async #samples(
    catalog: Awaited<ReturnType<LedgerReader['catalog']>>,
    rows: readonly AccountRow[],
    schedules: readonly ScheduleRow[],
    now: Instant,
  ): Promise<void> {
    const [schedule] = schedules;
    const row = rows[Math.floor(this.#dice.number(`sampled ${now}`) * rows.length)];
    if (schedule === undefined || row === undefined) return;
    const every = this.#dice.pick(ALL_CADENCES, `sampled every ${now}`);
    const range = { from: schedule.from - 2 * DAY, to: now };
    if (unfitSchedule(catalog, range, every) !== undefined) return;
    const points: Instant[] = [];
    for (const { slot, grid } of this.#expectedSlots(row.account, rows, schedules, now)) {
      const point = slotAfter({ every, timeZone: grid.timeZone }, slot - lengthOf(every));
      if (point > (points.at(-1) ?? Number.NEGATIVE_INFINITY)) points.push(point);
    }
    const expected = points.map((point, index): Expected => {
      const end = Math.min(points[index + 1] ?? now, point + lengthOf(every), now);
      const next = this.#successes(row.account).find((slot) => point <= slot && slot < end);
      return { slot: point, said: next === undefined ? 'none' : textOf(next) };
    });
    const said: Expected[] = [];
    for await (const { point, snapshot } of samples(
      { reader: this.#reader, catalog, now },
      row.account,
      range,
      every,
    ))
      said.push({ slot: point, said: snapshot === undefined ? 'none' : textOf(snapshot.slot) });
    const wrong = firstDifference(expected, said);
    this.#findings.check(
      'points of a coarser grid',
      wrong === undefined,
      () => `${row.account} every ${every} at ${textOf(now)}: ${wrong}`,
    );
  }

  #successes(account: AccountName): Instant[] {
    return this.#table
      .partition(account)
      .filter((item) => item['failure'] === undefined && item['manual'] === undefined)
      .map((item) => Date.parse(item['slot']?.S ?? ''));
  }
}

function firstSlot(items: readonly Item[]): Instant {
  return Math.min(...items.map((item) => Date.parse(item['slot']?.S ?? '')));
}

function firstDifference(expected: readonly Expected[], said: readonly Expected[]): string | undefined {
  const show = (one: Expected | undefined) =>
    one === undefined ? 'nothing' : `${textOf(one.slot)} ${one.said}`;
  for (let index = 0; index < Math.max(expected.length, said.length); index += 1) {
    const [right, is] = [show(expected[index]), show(said[index])];
    if (right !== is) return `says ${is}, not ${right}`;
  }
  return undefined;
}
