import { createSealableLedger } from '../../lambda/adapters/ledger/seals.ts';
import { createStoredLedger } from '../../lambda/adapters/ledger/stored.ts';
import { sha256 } from '../../lambda/adapters/sha256.ts';
import { tokenReader } from '../../lambda/adapters/timestamp/token.ts';
import { DAY, HOUR, type Instant, parseSecond } from '../../lambda/core/instant.ts';
import { covers, dayName, type SealedItem } from '../../lambda/core/seal.ts';
import { decodeSeal } from '../../lambda/core/seal-item.ts';
import { isTimeZone, localMidnight, type TimeZone } from '../../lambda/core/slots.ts';
import type { StoredLedger } from '../../lambda/history/stored-ledger.ts';
import { type SealProblem, verifySeals } from '../../lambda/history/verify.ts';
import { sealDays } from '../../lambda/sealer/seal-days.ts';
import { StoredTable } from '../support/stored-table.ts';
import { scheduleRows } from './catalog-model.ts';
import type { Dice } from './dice.ts';
import type { Findings } from './findings.ts';
import { directDynamoDb } from './simulated-dynamodb.ts';
import type { SimulatedTable } from './simulated-table.ts';

/** A run seals what was missed in the last 31 days. */
const MOST_DAYS_BACK = 30 * DAY;

const CHANGES = ['removed', 'added', 'changed'] as const;

/** Seals the ledger of a world that has ended, changes one item behind its back, and looks whether `verify` finds just that. */
export class SealJudge {
  readonly #findings: Findings;
  readonly #table: SimulatedTable;
  readonly #dice: Dice;

  constructor(findings: Findings, table: SimulatedTable, dice: Dice) {
    this.#findings = findings;
    this.#table = table;
    this.#dice = dice;
  }

  async judge(end: Instant): Promise<void> {
    const schedules = scheduleRows(this.#table);
    const zone = this.#table.partition('#catalog').findLast(({ timeZone }) => timeZone !== undefined);
    const timeZone = zone?.['timeZone']?.S ?? '';
    if (schedules.length === 0 || !isTimeZone(timeZone)) return;
    const at = end + 2 * DAY;
    const table = { client: directDynamoDb({ ledger: this.#table }), tableName: 'ledger' };
    const ledger = createSealableLedger(table);
    const parts = { ledger, clock: { now: () => at }, sha256, log: () => undefined };
    const begins = (await ledger.beginning()) ?? Number.POSITIVE_INFINITY;
    for (let time = Math.min(at, begins + MOST_DAYS_BACK); ; time = Math.min(at, time + MOST_DAYS_BACK)) {
      // Two at once make one chain.
      const run = () => sealDays(time, { timeZone, writer: 'simulated' }, parts);
      await Promise.all([run(), run()]);
      if (time === at) break;
    }
    const verify = (stored: StoredLedger) => problemsOf(stored, begins, timeZone, at + HOUR);
    const found = await verify(createStoredLedger(table));
    const first = localMidnight(timeZone, begins);
    const all = this.#table
      .partitions()
      .filter((partition) => partition !== '#catalog' && partition !== '#seal')
      .map((partition) => this.#table.partition(partition));
    // An event that comes hours late may be of a slot before the first one that was recorded: its failures are in no sealed day.
    const early = all.flatMap(([oldest]) => {
      const slot = slotOf(oldest);
      const day = dayName({ from: localMidnight(timeZone, slot), timeZone });
      return slot < first ? [{ day, account: oldest?.['account']?.S, problem: 'unsealed' as const }] : [];
    });
    this.#check(found, early);

    const items = all.flat();
    const sealed = items.filter((item) => slotOf(item) >= first);
    if (sealed.length === 0) return;
    const item = this.#dice.pick(sealed, 'item to change');
    const kind = this.#dice.pick(CHANGES, 'change of an item');
    const seals = this.#table.partition('#seal');
    const changed = new StoredTable(begins, [...items, ...seals]);
    change(changed, item, kind);
    const slot = slotOf(item);
    const seal = seals
      .map((each) => decodeSeal(each).value)
      .find((each) => each !== undefined && covers(each, slot));
    const day = seal === undefined ? 'no day' : dayName(seal);
    this.#check(await verify(changed.stored), [
      ...early,
      { day, account: item['account']?.S, problem: kind },
    ]);
  }

  #check(found: readonly SealProblem[], expected: readonly SealProblem[]): void {
    const [told, wanted] = [found, expected].map((problems) => JSON.stringify(problems));
    this.#findings.check(
      'I11 a day is as it was sealed',
      told === wanted,
      () => `verify found ${told} and should find ${wanted}`,
    );
  }
}

function slotOf(item: SealedItem | undefined): Instant {
  return parseSecond(item?.['slot']?.S ?? '') ?? Number.POSITIVE_INFINITY;
}

function change(table: StoredTable, item: SealedItem, kind: (typeof CHANGES)[number]): void {
  if (kind === 'removed') table.delete(item);
  else if (kind === 'changed') table.put({ ...item, observedAt: { S: 'earlier' } });
  else table.put({ ...item, slot: { S: `${item['slot']?.S ?? ''}+` } });
}

async function problemsOf(
  stored: StoredLedger,
  beginning: Instant,
  timeZone: TimeZone,
  now: Instant,
): Promise<SealProblem[]> {
  const range = { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const problems: SealProblem[] = [];
  const found = verifySeals(
    stored,
    { range, accounts: undefined, beginning, timeZone, now },
    sha256,
    tokenReader(),
  );
  for await (const problem of found) problems.push(problem);
  return problems;
}
