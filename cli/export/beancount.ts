import { createHash } from 'node:crypto';
import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { printable } from '../print/printable.ts';
import { type AssertionFormat, type Holding, localDate } from './assertions.ts';

/** Earlier than any transaction. */
const EVER = '1970-01-01';
/**
 * A currency name valid in Beancount 2. Names with `X.` are excluded because our encoding below uses that prefix, and its
 * constants because it would not read a name.
 */
const PLAIN = /^(?!X\.|(?:TRUE|FALSE|NULL)$)[A-Z][A-Z0-9'._-]{0,22}[A-Z0-9]$/;
const LONGEST = 24;
/** Beancount calculates with so many significant digits. */
const MAX_DIGITS = 28;

/**
 * Balance assertions for Beancount, which checks a balance at the START of its day: the snapshot of a local midnight is
 * asserted on the day that begins with it. `~ 0` demands the exact amount; without it Beancount tolerates a difference in
 * the last digit. It rounds to 28 digits, so an amount with more cannot be asserted.
 */
export const BEANCOUNT: AssertionFormat = {
  day: 'begins',
  opening: (timeZone) =>
    `; Held on Upbit, available and locked, at the first instant of each day in ${timeZone}. Include this file in a ledger that has the transactions.\n`,
  account: (account) => `\n${EVER} open ${beancountAccount(account)}\n`,
  currency: (currency) => {
    const name = beancountCurrency(currency);
    if (name === currency) return '';
    const hex = Buffer.from(currency, 'utf8').toString('hex');
    return `${EVER} commodity ${name}\n  name: "${printable(currency).replace(/["\\]/g, '\\$&')}"\n  utf8: "${hex}"\n`;
  },
  canAssert: ({ amount }) => amount.coefficient.toString().length <= MAX_DIGITS,
  assertions: ({ account, slot }, holdings, timeZone) =>
    holdings
      .map((holding) => {
        const not = BEANCOUNT.canAssert(holding)
          ? ''
          : `; not asserted, has more than ${MAX_DIGITS} digits: `;
        return `${not}${localDate(slot, timeZone)} balance ${beancountAccount(account)} ${asserted(holding)}\n`;
      })
      .join(''),
  price: ({ slot, currency, unit, way, origin }, timeZone) =>
    `${localDate(slot, timeZone)} price ${beancountCurrency(currency)} ${formatDecimal(way.price)} ${unit} ; ${origin}\n`,
};

function asserted({ currency, amount }: Holding): string {
  return `${formatDecimal(amount)} ~ 0 ${beancountCurrency(currency)}`;
}

/** `sg/cold-storage` becomes `Assets:Upbit:SG:Cold-storage`. */
function beancountAccount(account: AccountName): string {
  const region = regionOf(account);
  const name = account.slice(region.length + 1);
  return `Assets:Upbit:${region.toUpperCase()}:${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
}

/**
 * A currency name valid in Beancount: unchanged if it is valid, else `X.` and its UTF-8 bytes, all but A-Z and 0-9 as `_`
 * and two hex digits (`1INCH` is `X.1INCH`, `btc` is `X._62_74_63`), or if that is too long, `X..` and part of its
 * SHA-256. The file states the original next to each such name.
 *
 * @internal exported for its test
 */
export function beancountCurrency(currency: string): string {
  if (PLAIN.test(currency)) return currency;
  const spelled = [...Buffer.from(currency, 'utf8')]
    .map((byte) => String.fromCharCode(byte))
    .map((character) =>
      /[A-Z0-9]/.test(character)
        ? character
        : `_${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`,
    )
    .join('');
  if (spelled.length + 2 <= LONGEST) return `X.${spelled}`;
  return `X..${createHash('sha256').update(currency, 'utf8').digest('hex').slice(0, 20).toUpperCase()}`;
}
