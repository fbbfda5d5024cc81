import { type Decimal, parseDecimal } from '../../lambda/core/decimal.ts';

/** A constant, or an integer, as a decimal. Throws a TypeError for anything else. */
export function exact(value: string | number): Decimal {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError(`${value} is not a safe integer`);
  const parsed = parseDecimal(String(value));
  if (parsed.problem !== undefined) throw new TypeError(`${value} ${parsed.problem}`);
  return parsed.value;
}

/**
 * A non-negative amount with a fixed number of decimals, rounded up, so that nothing that costs looks free and a total of
 * rounded lines is never too small.
 */
export function roundedUp(amount: Decimal, digits: number): string {
  const shift = amount.exponent + digits;
  const power = 10n ** BigInt(Math.abs(shift));
  const units = shift >= 0 ? amount.coefficient * power : (amount.coefficient + power - 1n) / power;
  const text = units.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
