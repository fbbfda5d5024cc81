import { describe, expect, it } from 'vitest';
import type { AccountName } from '../../lambda/core/account.ts';
import { HOUR } from '../../lambda/core/instant.ts';
import type { Entry } from '../../lambda/core/snapshot.ts';
import { catalogOf, failure, line, memoryLedger, sheet, snapshot, time } from '../support/memory-ledger.ts';
import { TERMINAL_COLUMNS } from '../support/terminal-picture.ts';
import { typed } from '../support/typed.ts';

// Every table stays a table on a terminal of 80 columns: here with times in a zone that has an offset, which are wider than in
// UTC, accounts with long names, amounts of billions, and gaps of several accounts over more than a day.

const BEGIN = time('2026-11-19T16:00:00Z');
const NOW = BEGIN + 72 * HOUR + HOUR / 2;
const LONG = 'sg/market-making-desk';
const ACCOUNTS: readonly AccountName[] = ['id/main', LONG, 'sg/old', 'th/main'];

function entryOf(account: AccountName, hour: number): Entry {
  const slot = BEGIN + hour * HOUR;
  if (account !== 'id/main' && hour >= 20 && hour < 50) return failure(account, slot, 'response.malformed');
  if (account === LONG && hour === 72) return failure(account, slot, 'response.malformed');
  return snapshot(account, slot, [
    line('BTC', `0.${10_000_000 + hour}`, '0.00000001', '60470.26840046256'),
    line('IDR', `${1_234_567_890 + hour}.62713729`, '98765432.00000001', '0', 'IDR'),
    line(
      'PEPE',
      `${12_345_678_901 + hour * 20_000_000}.${20_000_000 + hour}`,
      '53924560.96545709',
      '0.1610339452817731',
      'IDR',
    ),
    ...['AAA', 'BBB', 'CCC', 'DDD'].map((unpriced) => line(unpriced, '1')),
  ]);
}

const HOURS = Array.from({ length: 73 }, (_, hour) => hour);
const PRICES = { 'IDR-BTC': '971590000', 'IDR-PEPE': '0.18206', 'IDR-USDT': '16084' };
const LEDGER = memoryLedger(
  catalogOf(
    ACCOUNTS.map((account) => ({
      account,
      since: BEGIN,
      ...(account === 'sg/old' ? { closedFrom: BEGIN + 60 * HOUR } : {}),
    })),
    [{ from: BEGIN, every: '1h', timeZone: 'Asia/Singapore', regions: ['id', 'sg', 'th'] }],
  ),
  ACCOUNTS.flatMap((account) =>
    HOURS.filter((hour) => account !== 'sg/old' || hour < 60).map((hour) => entryOf(account, hour)),
  ),
  HOURS.flatMap((hour) =>
    (['id', 'sg', 'th'] as const).map((region) => sheet(region, BEGIN + hour * HOUR, PRICES)),
  ),
);

const AT_80 = { now: NOW, columns: TERMINAL_COLUMNS, isTTY: true };

describe('on a terminal of 80 columns', () => {
  it.each([
    ['latest', /^currency .* total$/m],
    ['latest --total', /^currency .* total {2}accounts$/m],
    ['history --every 1d', /^slot {2,}currency .* total$/m],
    ['changes --from 2d', /^currency +after +change$/m],
    ['worth --in IDR', /^currency +held .* value {3}share$/m],
    ['worth --in IDR --every 1d', /^slot +all {2}without a price$/m],
    ['worth id/main --every 1d --currency BTC', /^slot +value {2}without a price$/m],
    ['gaps', /^from +slots {2}reason +accounts$/m],
    ['gaps --to 12h', /^from +to +slots {2}reason +accounts$/m],
    ['gaps --each', /^account +slot +reason$/m],
    ['slots id/main th/main', /^account +slot +outcome +what$/m],
    ['accounts', /^account +closed +last failure$/m],
    ['accounts --account id/main --account sg/old', /^account +closed +last slot +last failure$/m],
    ['accounts --account id/main --account th/main', /^account +since +last slot +last failure$/m],
  ])('%s prints a table that fits', async (command, titles) => {
    const { stdout, stderr } = await typed(`${command} --real`, LEDGER, AT_80);
    expect(stdout).toMatch(titles);
    // A row that was turned on its side would have its cells on indented lines; so has a caption, but only times.
    expect(
      stdout.split('\n').filter((text) => /^ {2}(?!slot |observed |from slot |to slot |worth )/.test(text)),
    ).toEqual([]);
    for (const text of [...stdout.split('\n'), ...stderr]) expect(text.length).toBeLessThanOrEqual(80);
  });

  it('gaps counts the accounts that it has no room to name', async () => {
    const { stdout } = await typed('gaps --to 12h --real', LEDGER, AT_80);
    expect(stdout.split('\n')[1]).toBe(
      '2026-11-20T20:00+08:00  2026-11-22T01:00     30  response.malformed  3 of 4',
    );
  });

  it('says what is too long for one line on several; to a program, each thing is one line', async () => {
    const terminal = await typed('gaps --real', LEDGER, AT_80);
    const program = await typed('gaps --real', LEDGER, { now: NOW, columns: 80 });
    expect(terminal.stderr.length).toBeGreaterThan(program.stderr.length);
    expect(terminal.stderrText.replaceAll('\n  ', ' ')).toBe(program.stderrText);
    const piped = await typed('gaps --real', LEDGER, { now: NOW, isTTY: true });
    expect(piped.stderr).toEqual(program.stderr);
    const wrong = await typed(`at ${'2026-99'.repeat(9)} --real`, LEDGER, AT_80);
    expect(wrong.stderr.length).toBeGreaterThan(1);
    for (const text of wrong.stderr) expect(text.length).toBeLessThanOrEqual(80);
  });
});
