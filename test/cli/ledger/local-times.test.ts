import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../lambda/core/instant.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const BEGIN = time('2026-11-22T00:00:00Z');
const NOW = BEGIN + 3.5 * HOUR;
const LEDGER = memoryLedger(
  catalogOf(
    [{ account: 'sg/main', since: BEGIN }],
    [{ from: BEGIN, every: '1h', timeZone: 'Asia/Singapore', regions: ['sg'] }],
  ),
  [
    snapshot('sg/main', BEGIN, [line('BTC', '1')]),
    failure('sg/main', BEGIN + HOUR),
    snapshot('sg/main', BEGIN + 2 * HOUR, [line('BTC', '2')]),
    snapshot('sg/main', BEGIN + 3 * HOUR, [line('BTC', '3')]),
  ],
);

const ask = (command: string) => typed(`${command} --real`, LEDGER, { now: NOW });

describe('--local-times', () => {
  it.each([
    ['latest', 'slot_local,observedAt_local'],
    ['latest --total', 'oldest_slot_local'],
    ['at 2026-11-22T02:30:00Z', 'slot_local,observedAt_local'],
    ['history', 'slot_local,observedAt_local'],
    ['history --total', 'slot_local,oldest_slot_local'],
    ['changes', 'from_slot_local,to_slot_local'],
    ['worth', 'slot_local'],
    ['worth --every 1h', 'slot_local'],
    ['slots', 'slot_local,observedAt_local'],
    ['gaps', 'slot_local'],
    ['accounts', 'since_local,closed_from_local,last_slot_local'],
    ['export', 'slot_local,observedAt_local'],
    ['export --value', 'slot_local,observedAt_local'],
  ])('gives the CSV of %s more columns, and changes none', async (command, columns) => {
    const plain = (await ask(`${command} --format csv`)).stdout.split('\n').slice(0, -1);
    const local = (await ask(`${command} --format csv --local-times`)).stdout.split('\n').slice(0, -1);
    expect(plain.length).toBeGreaterThan(1);
    expect(local[0]).toBe(`${plain[0]},${columns}`);
    for (const [index, cells] of plain.entries()) expect(local[index]?.startsWith(`${cells},`)).toBe(true);
    // Each is the same instant, as another program reads it.
    const titles = local[0]?.split(',') ?? [];
    for (const cells of local.slice(1).map((text) => text.split(',')))
      for (const [index, title] of titles.entries()) {
        const same = cells[titles.indexOf(`${title}_local`)];
        if (same === undefined || same === '') continue;
        expect(same).toMatch(/\+08:00$/);
        expect(Date.parse(same)).toBe(Date.parse(cells[index] ?? ''));
      }
  });

  it('is refused with any other format, before the ledger is opened', async () => {
    const refused = async (command: string) => {
      const { exitCode, stdout, stderr, opened } = await ask(`${command} --local-times`);
      expect([exitCode, stdout, opened]).toEqual([2, '', []]);
      return stderr;
    };
    expect(await refused('history')).toEqual([
      'error: --local-times cannot be used with --format table, as tables show times in the stack’s zone anyway: it needs --format csv',
    ]);
    expect(await refused('slots --format json')).toEqual([
      'error: --local-times cannot be used with --format json: it needs --format csv',
    ]);
    for (const command of ['export --format beancount', 'accounts close sg/main'])
      expect(await refused(command)).toHaveLength(1);
  });

  it('is no option of what prints no times', async () => {
    for (const command of ['verify', 'cost', 'doctor'])
      expect((await ask(`${command} --format csv --local-times`)).exitCode).toBe(2);
  });
});
