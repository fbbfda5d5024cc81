import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asCsv, jsonOf, type Row, widthOf } from '../../../cli/print/format.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { hourly, ledgerOf, NOW } from '../../support/history-ledger.ts';
import { line, snapshot } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

/** C0 and C1 controls, an escape sequence, DEL, marks that reorder text, and separators of lines. */
const ODD = 'A\u001b[2JB\u0085\u009b31mC\u007f\u202eD\u2028E\u{e0001}F';

describe('rows for programs', () => {
  it('hold nothing a terminal obeys, and JSON still has the exact text', async () => {
    const ledger = ledgerOf([snapshot('sg/main', NOW - HOUR, [line(ODD, '1')])]);
    for (const command of ['latest --real', 'history --real', 'export --real']) {
      const json = await typed(`${command} --format json`, ledger, { now: NOW });
      expect((JSON.parse(json.stdout) as { currency: string }[])[0]?.currency).toBe(ODD);
      const csv = await typed(`${command} --format csv`, ledger, { now: NOW });
      expect(csv.stdout).toContain(',A�[2JB��31mC��D�E�F,');
      for (const { stdout } of [json, csv]) expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}/u);
    }
    const { stdout } = await typed('export --real --format jsonl', ledger, { now: NOW });
    expect(stdout).not.toMatch(/[^\P{Cc}\n]|\p{Cf}|\p{Zl}/u);
    expect(JSON.parse(stdout)).toMatchObject({ currency: ODD });
  });

  it('as JSON are the same after parsing, whatever the text', () => {
    fc.assert(
      fc.property(fc.uint16Array(), (units) => {
        const text = String.fromCharCode(...units);
        expect(JSON.parse(jsonOf({ text }))).toEqual({ text });
      }),
    );
  });

  it('as CSV keep tabs and line ends, in quotes', async () => {
    const rows: Row[] = [{ a: 'x\ty', b: 'x\r\ny' }];
    let text = '';
    for await (const piece of asCsv(['a', 'b'], rows)) text += piece;
    expect(text).toBe('a,b\nx\ty,"x\r\ny"\n');
  });
});

describe('a read that breaks off', () => {
  /** Throttled after the first of two accounts’ snapshots. */
  const whole = ledgerOf(hourly(3));
  const breaking = (after: number): LedgerReader => ({
    ...whole,
    async *entries(account, from, to) {
      let count = 0;
      for await (const entry of whole.entries(account, from, to)) {
        if (count === after) throw new CodedError('ledger.unavailable', 'the table is throttled');
        count += 1;
        yield entry;
      }
    },
  });
  const manual = ['sg/main', 'sg/other'] as const;

  it.each(['json', 'csv', 'table'])(
    'prints nothing but the error before the first row: %s',
    async (format) => {
      const { exitCode, stdout, stderr } = await typed(`history --real --format ${format}`, breaking(0), {
        now: NOW,
      });
      expect(exitCode).toBe(1);
      expect(stdout).toBe(format === 'csv' ? `${CSV_HEADER}\n` : '');
      expect(stderr.at(-1)).toMatch(/^error: the table is throttled/);
    },
  );

  it('ends the JSON array after the rows it has, and says that they are not all', async () => {
    // The second account breaks, after the rows of the first.
    const two: LedgerReader = {
      ...whole,
      catalog: async () => {
        const catalog = await whole.catalog();
        const [, entry] = [...catalog.accounts][0] ?? [];
        if (entry === undefined) return catalog;
        return { ...catalog, accounts: new Map(manual.map((account) => [account, { ...entry, account }])) };
      },
      entries: (account, from, to) =>
        account === 'sg/main' ? whole.entries(account, from, to) : breaking(0).entries('sg/main', from, to),
    };
    for (const command of ['history', 'export']) {
      const ran = await typed(`${command} --real --format json`, two, { now: NOW });
      expect(JSON.parse(ran.stdout)).toHaveLength(3);
      expect({ exitCode: ran.exitCode, last: ran.stderr.at(-1) }).toEqual({
        exitCode: 1,
        last: 'error: the table is throttled; what was printed before is not everything',
      });
    }
  });
});

const CSV_HEADER =
  'account,slot,observedAt,currency,balance,locked,avg_buy_price,avg_buy_price_modified,unit_currency';

describe('the width of a table', () => {
  it.each([
    [undefined, Infinity],
    [0, Infinity],
    [80, 80],
  ])('on a terminal of %s columns is %s', (columns, width) => {
    expect(widthOf({ columns })).toBe(width);
  });

  it('of a terminal that does not know its own breaks no table into blocks', async () => {
    const at0 = await typed('latest --real', ledgerOf(hourly(3)), { now: NOW, columns: 0 });
    const at200 = await typed('latest --real', ledgerOf(hourly(3)), { now: NOW, columns: 200 });
    expect(at0.stdout).toBe(at200.stdout);
    const help = await typed('--help', ledgerOf([]), { now: NOW, columns: 0 });
    expect(help.stdout).toBe((await typed('--help', ledgerOf([]), { now: NOW })).stdout);
  });
});
