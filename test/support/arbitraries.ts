/** Generators of the core's types for property tests, and a few helpers. */
import fc from 'fast-check';
import type { AccountName } from '../../lambda/core/account.ts';
import type { Answer, Balance } from '../../lambda/core/balances.ts';
import { type Decimal, parseDecimal } from '../../lambda/core/decimal.ts';
import { FAILURES } from '../../lambda/core/failures.ts';
import { type Instant, SECOND } from '../../lambda/core/instant.ts';
import type { Parsed } from '../../lambda/core/parsed.ts';
import { CADENCES, type Grid, isCadence, isTimeZone, TIME_ZONES } from '../../lambda/core/slots.ts';
import type { Failure, Snapshot } from '../../lambda/core/snapshot.ts';

/** The value of a result that must have parsed. */
export function must<T>(parsed: Parsed<T>): T {
  if (parsed.problem !== undefined) throw new Error(`refused: ${parsed.problem}`);
  return parsed.value;
}

/** The decimal in a text, which must be valid. */
export function decimal(text: string): Decimal {
  return must(parseDecimal(text));
}

const digits = (minLength: number, maxLength: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength, maxLength });

const zeros = fc.nat({ max: 5 }).map((count) => '0'.repeat(count));

/** Up to 38 digits that neither begin nor end with 0. */
const significand = fc
  .tuple(fc.constantFrom(...'123456789'), digits(0, 36), fc.constantFrom('', ...'123456789'))
  .map((parts) => parts.join('').replace(/0+$/, ''));

const magnitude = fc.oneof(
  fc.integer({ min: -12, max: 12 }),
  fc.integer({ min: -130, max: 125 }),
  fc.constantFrom(-130, -129, 124, 125),
);

/** An exponent as written: upper or lower case, with or without a plus, padded to three digits or not. */
function powerText(power: number, style: { upper: boolean; plus: boolean; padded: boolean }): string {
  const size = String(Math.abs(power)).padStart(style.padded ? 3 : 1, '0');
  return `${style.upper ? 'E' : 'e'}${power < 0 ? '-' : style.plus ? '+' : ''}${size}`;
}

/** A valid non-zero amount, in every notation. */
const nonZeroText = fc
  .record({
    significand,
    magnitude,
    shift: fc.option(fc.integer({ min: -40, max: 40 })),
    leading: zeros,
    trailing: zeros,
    style: fc.record({ upper: fc.boolean(), plus: fc.boolean(), padded: fc.boolean() }),
  })
  .map(({ significand, magnitude, shift, leading, trailing, style }) => {
    const exponent = magnitude - significand.length + 1;
    // A shift of null is plain notation: the exponent is written as zeros.
    const moved = shift ?? exponent;
    const whole = moved >= 0 ? significand + '0'.repeat(moved) : significand.slice(0, moved) || '0';
    const behind = moved >= 0 ? '' : significand.padStart(-moved, '0').slice(moved);
    const fraction = behind + trailing;
    const power = shift === null ? '' : powerText(exponent - moved, style);
    return `${leading}${whole}${fraction === '' ? '' : `.${fraction}`}${power}`;
  });

const zeroText = fc
  .tuple(
    fc.constantFrom('', '-'),
    fc.constantFrom('0', '0.0', '000', '0.000'),
    fc.constantFrom('', 'e5', 'E-999', 'e+130'),
  )
  .map((parts) => parts.join(''));

/** The text of an amount that Upbit may send: not negative, and within the ledger's limits. */
export const amountText = fc.oneof({ weight: 4, arbitrary: nonZeroText }, { weight: 1, arbitrary: zeroText });

/** Any text in the form of a number, within the limits or not. */
export const numberText = fc.oneof(
  amountText,
  nonZeroText.map((text) => `-${text}`),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      digits(1, 45),
      fc.option(digits(1, 45)),
      fc.option(fc.integer({ min: -180, max: 180 })),
    )
    .map(
      ([sign, whole, fraction, power]) =>
        `${sign}${whole}${fraction === null ? '' : `.${fraction}`}${power === null ? '' : `e${power}`}`,
    ),
);

/** The name of a currency: ordinary ones, those that break maps, and any other possible name. */
export const currency = fc.oneof(
  fc.constantFrom(
    'BTC',
    'ETH',
    'USDT',
    'SGD',
    'btc',
    '1INCH',
    '0',
    '10',
    'constructor',
    'toString',
    'hasOwnProperty',
  ),
  fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 8 })
    .filter((name) => name.length <= 64 && name !== '__proto__'),
);

const unit = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom('USDT', 'SGD', 'KRW') },
  { weight: 1, arbitrary: currency },
);

const amount = amountText.map(decimal);

const balance: fc.Arbitrary<Balance> = fc.record(
  {
    currency,
    balance: amount,
    locked: amount,
    avgBuyPrice: amount,
    avgBuyPriceModified: fc.boolean(),
    unitCurrency: unit,
  },
  { noNullPrototype: true },
);

/** A checked answer, possibly of an empty account. */
const answer: fc.Arbitrary<Answer> = fc.record({
  balances: fc
    .uniqueArray(balance, { selector: (line) => line.currency, maxLength: 12 })
    .map((lines) => lines.sort((a, b) => (a.currency < b.currency ? -1 : 1))),
  unknownFields: fc.uniqueArray(currency, { maxLength: 3 }).map((names) => names.sort()),
});

const LAST_SECOND = Date.UTC(9999, 11, 31, 23, 59, 59) / SECOND;

/** Any whole second from 1970 to 9999, more often around now. */
export const wholeSecond: fc.Arbitrary<Instant> = fc
  .oneof(
    fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }),
    fc.integer({ min: 0, max: LAST_SECOND - 1_000 }),
  )
  .map((second) => second * SECOND);

/** Any millisecond of the same years. */
export const millisecond: fc.Arbitrary<Instant> = fc
  .tuple(wholeSecond, fc.nat({ max: 999 }))
  .map(([second, rest]) => second + rest);

export const account: fc.Arbitrary<AccountName> = fc.constantFrom(
  'sg/main',
  'id/main',
  'th/a',
  'kr/cold-storage-2',
);

const keyId = fc.stringMatching(/^[0-9a-f]{8}$/);

export const snapshot: fc.Arbitrary<Snapshot> = fc
  .tuple(
    answer,
    fc.record(
      {
        account,
        slot: wholeSecond,
        observedAt: millisecond,
        manual: fc.boolean(),
        writer: fc.constantFrom('0.1.0', '12.0.3'),
        keyId,
        serverDate: wholeSecond,
      },
      { requiredKeys: ['account', 'slot', 'observedAt', 'manual', 'writer', 'keyId'], noNullPrototype: true },
    ),
  )
  .map(([answer, rest]) => ({ ...answer, ...rest }));

export const failure: fc.Arbitrary<Failure> = fc.record(
  {
    account,
    slot: wholeSecond,
    observedAt: millisecond,
    manual: fc.boolean(),
    writer: fc.constantFrom('0.1.0', '12.0.3'),
    failure: fc.constantFrom(...Object.keys(FAILURES), 'upbit.somethingNewer'),
    detail: fc.string({ unit: 'grapheme' }),
    attempts: fc.nat(),
    keyId,
    answer: fc.record({ text: fc.json(), isCut: fc.boolean() }, { noNullPrototype: true }),
  },
  {
    requiredKeys: ['account', 'slot', 'observedAt', 'manual', 'writer', 'failure', 'detail', 'attempts'],
    noNullPrototype: true,
  },
);

export const ALL_CADENCES = Object.keys(CADENCES).filter(isCadence);
export const ALL_TIME_ZONES = Object.keys(TIME_ZONES).filter(isTimeZone);

export const grid: fc.Arbitrary<Grid> = fc.record({
  every: fc.constantFrom(...ALL_CADENCES),
  timeZone: fc.constantFrom(...ALL_TIME_ZONES),
});
