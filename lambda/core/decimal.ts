import type { Parsed } from './parsed.ts';

/**
 * An exact decimal number: coefficient × 10^exponent. Always in lowest form (the coefficient does not end in 0;
 * zero is 0 × 10^0), so equal numbers have equal fields. Create it with {@link parseDecimal} or the functions below.
 */
export interface Decimal {
  readonly coefficient: bigint;
  readonly exponent: number;
}

export const ZERO: Decimal = { coefficient: 0n, exponent: 0 };

/** The longest text that is parsed. */
const MAX_LENGTH = 200;
/**
 * The limits of a DynamoDB number: 38 significant digits, magnitudes from 1E-130 to 9.99…E+125.
 * docs.aws.amazon.com/amazondynamodb/latest/developerguide/HowItWorks.NamingRulesDataTypes.html
 */
const MAX_DIGITS = 38;
const MIN_MAGNITUDE = -130;
const MAX_MAGNITUDE = 125;

const FORM = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;

/**
 * Parses `-?digits[.digits][e[+-]d…]` exactly. Rejects any other form, more than 200 characters, more than three
 * exponent digits, more than 38 significant digits, and a value that is neither zero nor of magnitude 1e-130 to
 * 9.99e125, each with its own problem. The limits are checked on the text, before any arithmetic, so a number like
 * 1e999999999 costs nothing.
 */
export function parseDecimal(text: string): Parsed<Decimal> {
  if (text.length > MAX_LENGTH) return { problem: `has ${text.length} characters, more than ${MAX_LENGTH}` };
  const match = FORM.exec(text);
  if (match === null) return { problem: 'is not a decimal number such as 0.25 or 1e-8' };
  const [, sign = '', whole = '', fraction = '', power = '0'] = match;
  const digits = (whole + fraction).replace(/^0+/, '');
  const significant = digits.replace(/0+$/, '');
  if (significant === '') return { value: ZERO };
  if (significant.length > MAX_DIGITS) {
    return { problem: `has ${significant.length} significant digits, more than ${MAX_DIGITS}` };
  }
  const exponent = Number(power) - fraction.length + (digits.length - significant.length);
  const magnitude = exponent + significant.length - 1;
  if (magnitude < MIN_MAGNITUDE) return { problem: 'is smaller than 1e-130 but not zero' };
  if (magnitude > MAX_MAGNITUDE) return { problem: 'is 1e126 or larger' };
  return { value: { coefficient: BigInt(sign + significant), exponent } };
}

/**
 * Plain decimal text: no exponent, no trailing zeros, no `-0`. A parsed number has at most 126 digits before the point
 * and 167 after it, so {@link parseDecimal} reads it back.
 */
export function formatDecimal({ coefficient, exponent }: Decimal): string {
  const sign = coefficient < 0n ? '-' : '';
  const digits = (coefficient < 0n ? -coefficient : coefficient).toString();
  if (exponent >= 0) return sign + digits + '0'.repeat(exponent);
  const padded = digits.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

export function isZero(decimal: Decimal): boolean {
  return decimal.coefficient === 0n;
}

export function isNegative(decimal: Decimal): boolean {
  return decimal.coefficient < 0n;
}

export function equals(a: Decimal, b: Decimal): boolean {
  return a.coefficient === b.coefficient && a.exponent === b.exponent;
}

/** The exact sum; it may have more digits than a stored number can hold. */
export function add(a: Decimal, b: Decimal): Decimal {
  const exponent = Math.min(a.exponent, b.exponent);
  return lowest(scaled(a, exponent) + scaled(b, exponent), exponent);
}

/** The exact difference a − b, with its sign; it may have more digits than a stored number can hold. */
export function subtract(a: Decimal, b: Decimal): Decimal {
  return add(a, { coefficient: -b.coefficient, exponent: b.exponent });
}

/** The exact product; it may have more digits than a stored number can hold. */
export function multiply(a: Decimal, b: Decimal): Decimal {
  return lowest(a.coefficient * b.coefficient, a.exponent + b.exponent);
}

/**
 * The quotient a ÷ b, rounded to so many significant digits, half to even: the only operation that rounds.
 *
 * @throws RangeError if b is zero.
 */
export function divide(a: Decimal, b: Decimal, digits: number): Decimal {
  const [dividend, divisor] = [magnitudeOf(a.coefficient), magnitudeOf(b.coefficient)];
  // So many more digits that the integer quotient has at least as many as wanted.
  const more = Math.max(0, digits + divisor.toString().length - dividend.toString().length + 1);
  const scaledDividend = dividend * 10n ** BigInt(more);
  const quotient = scaledDividend / divisor;
  // A digit after the rest tells a tie from what is just above it.
  const tail = quotient * divisor === scaledDividend ? 0n : 1n;
  const exact = quotient * 10n + tail;
  const unit = 10n ** BigInt(Math.max(0, exact.toString().length - digits));
  const sign = a.coefficient < 0n === b.coefficient < 0n ? 1n : -1n;
  return lowest(sign * roundedBy(exact, unit), a.exponent - b.exponent - more - 1);
}

/** The number rounded to so many decimals, half to even: for showing it, never for counting on. */
export function round({ coefficient, exponent }: Decimal, decimals: number): Decimal {
  const unit = 10n ** BigInt(Math.max(0, -decimals - exponent));
  const rounded = roundedBy(magnitudeOf(coefficient), unit);
  return lowest(coefficient < 0n ? -rounded : rounded, exponent);
}

/** A positive number rounded to a multiple of `unit`, half to even. */
function roundedBy(number: bigint, unit: bigint): bigint {
  const [kept, rest] = [number / unit, number % unit];
  const isUp = rest * 2n > unit || (rest * 2n === unit && kept % 2n === 1n);
  return (isUp ? kept + 1n : kept) * unit;
}

function magnitudeOf(coefficient: bigint): bigint {
  return coefficient < 0n ? -coefficient : coefficient;
}

function scaled(decimal: Decimal, exponent: number): bigint {
  return decimal.coefficient * 10n ** BigInt(decimal.exponent - exponent);
}

function lowest(coefficient: bigint, exponent: number): Decimal {
  if (coefficient === 0n) return ZERO;
  const text = coefficient.toString();
  const kept = text.replace(/0+$/, '');
  return { coefficient: BigInt(kept), exponent: exponent + (text.length - kept.length) };
}
