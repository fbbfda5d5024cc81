import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { DAY, HOUR, type Instant, MINUTE } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { accountText, dayName, rootText, type Seal, type SealedItem } from '../../../lambda/core/seal.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import type { SealableLedger, SealLogFields } from '../../../lambda/sealer/ports.ts';
import { sealDays } from '../../../lambda/sealer/seal-days.ts';
import { line, snapshot, time } from '../../support/memory-ledger.ts';

const FIRST_DAY = time('2026-03-01T00:00:00Z');

/** A ledger in memory with a snapshot of each of these accounts at the noon of each day. */
class Memory implements SealableLedger {
  readonly seals = new Map<Instant, Seal>();
  readonly logged: SealLogFields[] = [];
  begins: Instant | undefined = FIRST_DAY + 6 * HOUR;
  accounts = ['id/b', 'sg/a'];
  /** Called before each write. */
  beforePut: (seal: Seal) => void = () => undefined;
  now = 0;

  async beginning() {
    return this.begins;
  }
  async partitions() {
    return this.accounts;
  }
  async items(partition: string, from: Instant, to: Instant): Promise<readonly SealedItem[]> {
    const noon = FIRST_DAY + Math.floor((from - FIRST_DAY) / DAY) * DAY + 12 * HOUR;
    if (noon < from || noon >= to || partition === 'sg/empty') return [];
    return [encodeItem(snapshot('sg/main', noon, [line('BTC', partition === 'sg/a' ? '1' : '2')]))];
  }
  async newestSeal(day: Instant) {
    return [...this.seals.values()].sort((a, b) => a.from - b.from).findLast(({ from }) => from <= day);
  }
  async putSeal(seal: Seal) {
    this.beforePut(seal);
    const there = this.seals.get(seal.from);
    if (there === undefined) this.seals.set(seal.from, seal);
    return there ?? seal;
  }
  async run(at: Instant, timeZone: TimeZone = 'UTC', writer = '0.1.0') {
    this.now = at + MINUTE;
    const clock = { now: () => this.now };
    const log = (fields: SealLogFields) => this.logged.push(fields);
    return await sealDays(at, { timeZone, writer }, { ledger: this, clock, sha256, log });
  }
  get days() {
    return [...this.seals.values()].map(dayName);
  }
  /** Whether each seal names the one before, and its root is that of its accounts. */
  get isWhole() {
    let previous: string | undefined;
    return [...this.seals.values()].every((seal) => {
      const follows = seal.previous === previous && seal.root === sha256(rootText(previous, seal.accounts));
      previous = seal.root;
      return follows;
    });
  }
}

describe('sealing days', () => {
  it('hashes each account’s items of the day, and chains the day to the one before', async () => {
    const memory = new Memory();
    const report = await memory.run(FIRST_DAY + 2 * DAY + HOUR);
    expect(memory.days).toEqual(['2026-03-01', '2026-03-02']);
    const [first, second] = [...memory.seals.values()];
    const itsItems = await memory.items('sg/a', FIRST_DAY, FIRST_DAY + DAY);
    expect(first).toEqual({
      from: FIRST_DAY,
      timeZone: 'UTC',
      previous: undefined,
      root: sha256(rootText(undefined, first?.accounts ?? new Map())),
      accounts: new Map([
        ['id/b', sha256(accountText(await memory.items('id/b', FIRST_DAY, FIRST_DAY + DAY), sha256))],
        ['sg/a', sha256(accountText(itsItems, sha256))],
      ]),
      items: new Map([
        ['id/b', 1],
        ['sg/a', 1],
      ]),
      sealedAt: FIRST_DAY + 2 * DAY + HOUR + MINUTE,
      writer: '0.1.0',
    });
    expect(second?.previous).toBe(first?.root);
    expect(memory.isWhole).toBe(true);
    expect(report.sealed).toEqual([
      { day: '2026-03-01', root: first?.root, items: 2 },
      { day: '2026-03-02', root: second?.root, items: 2 },
    ]);
    expect(memory.logged[0]).toEqual({
      ...{ level: 'INFO', message: 'seal', day: '2026-03-01', root: first?.root, accounts: 2, items: 2 },
    });
  });

  it('leaves a day open until an hour after its end', async () => {
    const memory = new Memory();
    await memory.run(FIRST_DAY + DAY + HOUR - 1);
    expect(memory.days).toEqual([]);
    await memory.run(FIRST_DAY + DAY + HOUR);
    expect(memory.days).toEqual(['2026-03-01']);
  });

  it('seals nothing twice', async () => {
    const memory = new Memory();
    await memory.run(FIRST_DAY + DAY + HOUR);
    const before = [...memory.seals.values()];
    expect(await memory.run(FIRST_DAY + DAY + 5 * HOUR)).toEqual({ sealed: [] });
    expect([...memory.seals.values()]).toEqual(before);
  });

  it('does not seal an empty ledger, and seals a day without items as empty', async () => {
    const memory = new Memory();
    memory.begins = undefined;
    expect(await memory.run(FIRST_DAY + 9 * DAY)).toEqual({ sealed: [] });
    memory.begins = FIRST_DAY;
    memory.accounts = ['sg/empty'];
    await memory.run(FIRST_DAY + DAY + HOUR);
    expect([...memory.seals.values()][0]).toMatchObject({ accounts: new Map(), root: sha256('-\n') });
  });

  it('makes up for missed days in order, and says by sealedAt how late', async () => {
    const memory = new Memory();
    await memory.run(FIRST_DAY + DAY + HOUR);
    await memory.run(FIRST_DAY + 4 * DAY + HOUR);
    expect(memory.days).toEqual(['2026-03-01', '2026-03-02', '2026-03-03', '2026-03-04']);
    expect(memory.isWhole).toBe(true);
    expect([...memory.seals.values()].at(1)?.sealedAt).toBe(FIRST_DAY + 4 * DAY + HOUR + MINUTE);
  });

  it('looks at most 31 days back', async () => {
    const memory = new Memory();
    await memory.run(FIRST_DAY + 40 * DAY + HOUR);
    expect(memory.days).toHaveLength(31);
    expect([memory.days[0], memory.days.at(-1)]).toEqual(['2026-03-10', '2026-04-09']);
  });

  it('keeps the seal that another run stored first, and goes on from it', async () => {
    const memory = new Memory();
    const rival = new Memory();
    await rival.run(FIRST_DAY + DAY + HOUR, 'UTC', 'rival');
    memory.beforePut = ({ from }) => {
      const there = rival.seals.get(from);
      if (there !== undefined) memory.seals.set(from, { ...there, root: 'ab'.repeat(32) });
    };
    await memory.run(FIRST_DAY + 2 * DAY + HOUR);
    const [first, second] = [...memory.seals.values()];
    expect([first?.writer, second?.previous]).toEqual(['rival', 'ab'.repeat(32)]);
  });

  it('goes on where it was interrupted', async () => {
    const memory = new Memory();
    memory.beforePut = ({ from }) => {
      if (from === FIRST_DAY + 2 * DAY) throw new Error('killed');
    };
    await expect(memory.run(FIRST_DAY + 4 * DAY + HOUR)).rejects.toThrow('killed');
    expect(memory.days).toEqual(['2026-03-01', '2026-03-02']);
    memory.beforePut = () => undefined;
    await memory.run(FIRST_DAY + 4 * DAY + HOUR);
    expect(memory.days).toHaveLength(4);
    expect(memory.isWhole).toBe(true);
  });

  it('leaves no time unsealed when the time zone changes', async () => {
    for (const [before, after] of [
      ['UTC', 'Asia/Seoul'],
      ['Asia/Seoul', 'UTC'],
    ] as const) {
      const memory = new Memory();
      await memory.run(FIRST_DAY + 3 * DAY + HOUR, before);
      await memory.run(FIRST_DAY + 6 * DAY + HOUR, after);
      const seals = [...memory.seals.values()];
      for (const [index, { from }] of seals.entries())
        expect(from - (seals[index - 1]?.from ?? from - DAY)).toBeLessThanOrEqual(DAY);
      expect(new Set(seals.map(({ timeZone }) => timeZone)).size).toBe(2);
      expect(memory.isWhole).toBe(true);
    }
  });

  it('ignores a seal of a later day: it must not keep the days before it from being sealed', async () => {
    const memory = new Memory();
    await memory.run(FIRST_DAY + DAY + HOUR);
    const [first] = [...memory.seals.values()];
    const planted = FIRST_DAY + 500 * DAY;
    if (first !== undefined) memory.seals.set(planted, { ...first, from: planted });
    await memory.run(FIRST_DAY + 2 * DAY + HOUR);
    expect(memory.days).toContain('2026-03-02');
  });
});
