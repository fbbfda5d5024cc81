import Big from 'big.js';
import type { Chance } from './chance.ts';
import { ODD_TEXTS } from './mutate.ts';

/** Text of an amount, in every documented form and, now and then, near a limit or beyond it. */
export function amountText(chance: Chance): string {
  if (chance.oneIn(100)) return chance.pick(ODD_TEXTS);
  if (chance.oneIn(40)) return `${digits(chance, 40)}.${digits(chance, 40)}`;
  const whole = String(chance.below(10 ** (1 + chance.below(9))));
  const fraction = chance.oneIn(3) ? '' : `.${chance.below(1e9)}`;
  const power = chance.oneIn(12) ? `${chance.pick(['e', 'E-', 'e+'])}${chance.below(140)}` : '';
  return whole + fraction + power;
}

function digits(chance: Chance, most: number): string {
  return chance.times(1 + chance.below(most), () => chance.below(10)).join('');
}

const FORM = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?$/;

/** The amount as big.js reads it, if the ledger can hold it; judged by big.js's own digits and exponent. */
export function oracle(text: unknown): Big | undefined {
  if (typeof text !== 'string' || text.length > 200 || !FORM.test(text)) return undefined;
  const amount = new Big(text);
  if (amount.eq(0)) return amount;
  const fits = amount.c.length <= 38 && amount.e >= -130 && amount.e <= 125;
  return fits && amount.gt(0) ? amount : undefined;
}
