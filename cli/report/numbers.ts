import { add, type Decimal, equals, ZERO } from '../../lambda/core/decimal.ts';
import { lastUpTo } from './bisect.ts';

/*
 * How a page stores a column of exact numbers, such as the amounts of one currency in successive snapshots: as the difference
 * of each from the one before, in characters that JSON and HTML take as they are. A column is a sequence of whole numbers:
 *
 *   0 n    the same as before, n more times
 *   1      nothing
 *   2 n    from here on, numbers have n more decimals
 *   3 + d  the last number plus a difference: d is twice the difference, or if that is negative, -1 - twice the difference
 *
 * Each whole number is written in base 44, lowest digit first; the highest digit is of the second half of the alphabet, which
 * ends it.
 */

const REPEAT = 0;
const ABSENT = 1;
const DECIMALS = 2;
const FIRST_DIFFERENCE = 3;

const BASE = 44;
/** Printable ASCII without what JSON or HTML would escape: 88 characters. */
const ALPHABET = Array.from({ length: 94 }, (_, index) => String.fromCharCode(0x21 + index))
  .filter((sign) => !'"&\'<>\\'.includes(sign))
  .join('');
/** By character code, the digit, or BASE more for one that ends a number. */
const DIGIT_OF = new Uint8Array(128);
for (let place = 0; place < ALPHABET.length; place += 1) DIGIT_OF[ALPHABET.charCodeAt(place)] = place;
const BIG_BASE = BigInt(BASE);
/** How 0 is written; nothing else begins so. */
const REPEAT_CODE = ALPHABET.charCodeAt(BASE + REPEAT);
/** So many digits fit into a whole `number`. */
const SAFE_DIGITS = 9;

/** Writes a column number by number. Memory is what the text takes. */
export class NumberWriter {
  #bytes = new Uint8Array(16);
  #length = 0;
  #count = 0;
  #repeats = 0;
  #previous: Decimal | undefined;
  #coefficient = 0n;
  #decimals = 0;

  /** How many numbers it has. */
  get count(): number {
    return this.#count;
  }

  /** How many characters it takes in the page, give or take a few. */
  get length(): number {
    return this.#length + (this.#repeats > 0 ? 2 : 0);
  }

  /** Adds the next number, or nothing, so many times. */
  add(value: Decimal | undefined, times = 1): void {
    if (times === 0) return;
    const isSame = this.#count > 0 && isEqual(value, this.#previous);
    this.#count += times;
    if (isSame) {
      this.#repeats += times;
      return;
    }
    if (this.#repeats > 0) this.#write(REPEAT, this.#repeats);
    this.#repeats = times - 1;
    this.#previous = value;
    if (value === undefined) this.#write(ABSENT);
    else this.#change(value);
  }

  /** Adds the last number again, or 0 if there is none, until there are so many. */
  fill(count: number): void {
    if (this.#count < count) this.add(this.#count === 0 ? ZERO : this.#previous, count - this.#count);
  }

  /** The column so far. */
  text(): string {
    const end = this.#repeats > 0 ? word(REPEAT) + word(this.#repeats) : '';
    return latin1(this.#bytes.subarray(0, this.#length)) + end;
  }

  copy(): NumberWriter {
    const copy = new NumberWriter();
    copy.#bytes = this.#bytes.slice();
    copy.#length = this.#length;
    copy.#count = this.#count;
    copy.#repeats = this.#repeats;
    copy.#previous = this.#previous;
    copy.#coefficient = this.#coefficient;
    copy.#decimals = this.#decimals;
    return copy;
  }

  #change({ coefficient, exponent }: Decimal): void {
    const more = -exponent - this.#decimals;
    if (more > 0) {
      this.#write(DECIMALS, more);
      this.#coefficient *= powerOfTen(more);
      this.#decimals += more;
    }
    const next = coefficient * powerOfTen(exponent + this.#decimals);
    const twice = 2n * (next - this.#coefficient);
    this.#coefficient = next;
    this.#write(BigInt(FIRST_DIFFERENCE) + (twice < 0n ? -1n - twice : twice));
  }

  #write(...numbers: (number | bigint)[]): void {
    for (const number of numbers) {
      const text = word(number);
      if (this.#length + text.length > this.#bytes.length) {
        const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + text.length));
        larger.set(this.#bytes);
        this.#bytes = larger;
      }
      for (let place = 0; place < text.length; place += 1) {
        this.#bytes[this.#length] = text.charCodeAt(place);
        this.#length += 1;
      }
    }
  }
}

/** A whole number: a bigint only if a `number` would not be exact. */
type Whole = number | bigint;

/** Reads a column run by run: call {@link NumberReader.next}, then look at the others. */
export class NumberReader {
  /** The index after the run. */
  until = 0;
  /** The number is coefficient × 10^-decimals, and may end in zeros; undefined for nothing. */
  coefficient: Whole | undefined;
  decimals = 0;
  readonly #text: string;
  #place = 0;
  #last: Whole = 0;

  constructor(text: string) {
    this.#text = text;
  }

  /** Goes to the next run; false after the last. */
  next(): boolean {
    if (this.#place >= this.#text.length) return false;
    let what = this.#number();
    while (what === DECIMALS) {
      const more = Number(this.#number());
      this.decimals += more;
      this.#last = short(BigInt(this.#last) * powerOfTen(more));
      what = this.#number();
    }
    if (what === ABSENT) this.coefficient = undefined;
    else {
      this.#last = changed(this.#last, what);
      this.coefficient = this.#last;
    }
    this.until += 1;
    if (this.#text.charCodeAt(this.#place) !== REPEAT_CODE) return true;
    this.#place += 1;
    this.until += Number(this.#number());
    return true;
  }

  /** The exact number of the run, in lowest form; undefined for nothing. */
  value(): Decimal | undefined {
    return exact(this.coefficient, this.decimals);
  }

  #number(): Whole {
    const from = this.#place;
    let [value, unit] = [0, 1];
    for (;;) {
      const digit = DIGIT_OF[this.#text.charCodeAt(this.#place)] ?? 0;
      this.#place += 1;
      if (digit >= BASE) {
        const digits = this.#place - from;
        return digits > SAFE_DIGITS ? this.#long(from, digits) : value + (digit - BASE) * unit;
      }
      value += digit * unit;
      unit *= BASE;
    }
  }

  #long(from: number, digits: number): bigint {
    let value = 0n;
    for (let place = from + digits - 1; place >= from; place -= 1) {
      const digit = DIGIT_OF[this.#text.charCodeAt(place)] ?? 0;
      value = value * BIG_BASE + BigInt(digit % BASE);
    }
    return value;
  }
}

/** The number after one, by the difference that is written. */
function changed(last: Whole, written: Whole): Whole {
  if (typeof last === 'number' && typeof written === 'number') {
    const twice = written - FIRST_DIFFERENCE;
    const next = last + (twice % 2 === 0 ? twice / 2 : -(twice + 1) / 2);
    if (Number.isSafeInteger(next)) return next;
  }
  const twice = BigInt(written) - BigInt(FIRST_DIFFERENCE);
  return short(BigInt(last) + (twice % 2n === 0n ? twice / 2n : -(twice + 1n) / 2n));
}

function short(number: bigint): Whole {
  const few = Number(number);
  return Number.isSafeInteger(few) ? few : number;
}

/** A column to look numbers up in. It is decoded when it is first needed. */
export class NumberColumn {
  readonly text: string;
  #runs: Runs | undefined;

  constructor(text: string) {
    this.text = text;
  }

  /** How many numbers it has. */
  get length(): number {
    return this.#decoded().untils.at(-1) ?? 0;
  }

  /** The exact number at an index; undefined for nothing. */
  at(index: number): Decimal | undefined {
    const { untils, coefficients, large, decimals } = this.#decoded();
    const run = 1 + lastUpTo(untils.length, (place) => (untils[place] ?? Infinity) <= index);
    const few = coefficients[run] ?? NaN;
    return exact(large.get(run) ?? (Number.isNaN(few) ? undefined : few), decimals[run] ?? 0);
  }

  /** All numbers, rounded, to draw them: NaN for nothing. */
  rounded(): Float64Array {
    const { untils, coefficients, large, decimals } = this.#decoded();
    const all = new Float64Array(untils.at(-1) ?? 0);
    let from = 0;
    for (let run = 0; run < untils.length; run += 1) {
      const until = untils[run] ?? 0;
      const number = numberOf(large.get(run) ?? coefficients[run] ?? NaN, decimals[run] ?? 0);
      for (let index = from; index < until; index += 1) all[index] = number;
      from = until;
    }
    return all;
  }

  #decoded(): Runs {
    if (this.#runs !== undefined) return this.#runs;
    const runs: Runs = { untils: [], coefficients: [], large: new Map(), decimals: [] };
    for (const reader = new NumberReader(this.text); reader.next(); ) {
      const { coefficient } = reader;
      if (typeof coefficient === 'bigint') runs.large.set(runs.untils.length, coefficient);
      runs.coefficients.push(typeof coefficient === 'number' ? coefficient : NaN);
      runs.untils.push(reader.until);
      runs.decimals.push(reader.decimals);
    }
    this.#runs = runs;
    return runs;
  }
}

/** The runs of a column, as in {@link NumberReader}. */
interface Runs {
  readonly untils: number[];
  /** NaN for nothing, and for one that is too large. */
  readonly coefficients: number[];
  readonly large: Map<number, bigint>;
  readonly decimals: number[];
}

/** The most decimals of which the power of ten is a `number` without rounding. */
const SAFE_DECIMALS = 22;
const POWERS = Array.from({ length: SAFE_DECIMALS + 1 }, (_, power) => 10 ** power);

/** The only place where a number of the ledger is rounded to a `number`. */
function numberOf(coefficient: Whole, decimals: number): number {
  const power = POWERS[decimals];
  return typeof coefficient === 'number' && power !== undefined
    ? coefficient / power
    : Number(`${coefficient}e-${decimals}`);
}

/** A sum is in lowest form. */
function exact(coefficient: Whole | undefined, decimals: number): Decimal | undefined {
  return coefficient === undefined
    ? undefined
    : add({ coefficient: BigInt(coefficient), exponent: -decimals }, ZERO);
}

function isEqual(a: Decimal | undefined, b: Decimal | undefined): boolean {
  return a === undefined || b === undefined ? a === b : equals(a, b);
}

const EXACT_POWERS: bigint[] = [1n];

function powerOfTen(power: number): bigint {
  for (let next = EXACT_POWERS.length; next <= power; next += 1)
    EXACT_POWERS.push(10n * (EXACT_POWERS[next - 1] ?? 1n));
  return EXACT_POWERS[power] ?? 1n;
}

/** A whole number, not negative, as it is written. */
function word(number: number | bigint): string {
  let [text, rest] = ['', BigInt(number)];
  while (rest >= BIG_BASE) {
    text += ALPHABET[Number(rest % BIG_BASE)];
    rest /= BIG_BASE;
  }
  return text + ALPHABET[BASE + Number(rest)];
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
