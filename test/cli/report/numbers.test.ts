import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { NumberColumn, NumberReader, NumberWriter } from '../../../cli/report/numbers.ts';
import { type Decimal, equals, formatDecimal, parseDecimal } from '../../../lambda/core/decimal.ts';

function decimal(text: string): Decimal {
  const { value, problem } = parseDecimal(text);
  if (value === undefined) throw new RangeError(`${text} ${problem}`);
  return value;
}

/** A number of the ledger, of any size, or nothing. */
const number = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom('0', '1', '999', '0.1').map(decimal),
  fc
    .tuple(fc.bigInt(0n, 10n ** 38n - 1n), fc.integer({ min: -130, max: 87 }))
    .map(([digits, exponent]) => `${digits}e${exponent}`)
    .filter((text) => parseDecimal(text).value !== undefined)
    .map(decimal),
);
/** Runs, as amounts have them. */
const numbers = fc.array(fc.tuple(number, fc.integer({ min: 1, max: 60 })), { maxLength: 30 });

function written(runs: readonly (readonly [Decimal | undefined, number])[]): NumberWriter {
  const writer = new NumberWriter();
  for (const [value, times] of runs) for (let time = 0; time < times; time += 1) writer.add(value);
  return writer;
}

const flat = (runs: readonly (readonly [Decimal | undefined, number])[]) =>
  runs.flatMap(([value, times]) => Array.from({ length: times }, () => value));

describe('a column of numbers', () => {
  it('gives back every number exactly, and nothing where there was nothing', () => {
    fc.assert(
      fc.property(numbers, (runs) => {
        const column = new NumberColumn(written(runs).text());
        const all = flat(runs);
        expect(column.length).toBe(all.length);
        for (const [index, value] of all.entries()) {
          const found = column.at(index);
          expect(found === undefined || value === undefined ? found === value : equals(found, value)).toBe(
            true,
          );
        }
        expect(column.at(all.length)).toBeUndefined();
      }),
    );
  });

  it('is the same text whether numbers are added one by one or several times at once', () => {
    fc.assert(
      fc.property(numbers, (runs) => {
        const atOnce = new NumberWriter();
        for (const [value, times] of runs) atOnce.add(value, times);
        expect(atOnce.text()).toBe(written(runs).text());
        expect(atOnce.count).toBe(flat(runs).length);
      }),
    );
  });

  it('rounds only what is drawn: to the nearest number there is', () => {
    fc.assert(
      fc.property(numbers, (runs) => {
        const rounded = new NumberColumn(written(runs).text()).rounded();
        const expected = flat(runs).map((value) =>
          value === undefined ? NaN : Number(formatDecimal(value)),
        );
        expect([...rounded]).toEqual(expected);
      }),
    );
  });

  it('is safe in JSON and in HTML as it is', () => {
    fc.assert(
      fc.property(numbers, (runs) => {
        const text = written(runs).text();
        expect(JSON.stringify(text)).toBe(`"${text}"`);
        expect(text).not.toMatch(/[<>&']|[^!-~]/);
      }),
    );
  });

  it('takes two characters more for any repetition, and one or two for a small change', () => {
    const writer = new NumberWriter();
    for (let hour = 0; hour < 8_760; hour += 1) writer.add(decimal('64200.5'));
    const before = writer.length;
    writer.add(decimal('64200.6'));
    expect([before < 12, writer.length - before < 4]).toEqual([true, true]);
  });

  it('goes on after a copy without changing it', () => {
    const writer = written([[decimal('5'), 3]]);
    const copy = writer.copy();
    writer.add(decimal('6'));
    copy.add(undefined, 2);
    const texts = [writer, copy].map((one) => new NumberColumn(one.text()));
    expect(texts.map((one) => [one.length, one.at(3)])).toEqual([
      [4, decimal('6')],
      [5, undefined],
    ]);
  });

  it('is read run by run', () => {
    const reader = new NumberReader(
      written([
        [decimal('0.50'), 3],
        [undefined, 2],
        [decimal('1e3'), 1],
      ]).text(),
    );
    const runs: unknown[] = [];
    while (reader.next()) runs.push([reader.until, reader.value()]);
    expect(runs).toEqual([
      [3, decimal('0.5')],
      [5, undefined],
      [6, decimal('1000')],
    ]);
  });
});
