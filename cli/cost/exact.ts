import { type Decimal, parseDecimal } from '../../lambda/core/decimal.ts';

/** A constant of ours, or a whole number that was counted, as a decimal. Throws a TypeError for anything else. */
export function exact(value: string | number): Decimal {
  if (typeof value === 'number' && !Number.isSafeInteger(value))
    throw new TypeError(`${value} was not counted`);
  const parsed = parseDecimal(String(value));
  if (parsed.problem !== undefined) throw new TypeError(`${value} ${parsed.problem}`);
  return parsed.value;
}

/**
 * An amount of at least zero with so many digits behind the point, rounded up: what costs something does not look
 * free, and a total of what is shown is not too small.
 */
export function roundedUp(amount: Decimal, digits: number): string {
  const shift = amount.exponent + digits;
  const power = 10n ** BigInt(Math.abs(shift));
  const units = shift >= 0 ? amount.coefficient * power : (amount.coefficient + power - 1n) / power;
  const text = units.toString().padStart(digits + 1, '0');
  return `${text.slice(0, -digits)}.${text.slice(-digits)}`;
}
