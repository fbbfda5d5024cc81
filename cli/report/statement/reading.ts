import { element, type Markup } from '../markup.ts';
import { factList } from './facts.ts';

/** What the words and figures of a statement mean. */
export function howToRead(unit: string): Markup {
  return element(
    'section',
    {},
    element('h2', {}, 'How to read it'),
    factList([
      [
        'Slot',
        'The scheduled time that a snapshot was taken for. The statement uses each account’s newest snapshot at or before the time of the statement.',
      ],
      ['Observed', 'When Upbit’s answer arrived, by the clock of the computer that asked.'],
      [
        'Key id',
        'Which API key was used: the first 8 hex digits of the SHA-256 of its access key. Another id means another key.',
      ],
      [
        'Amounts',
        'All are exact, to the last digit; commas only group them. Locked is held in open orders and withdrawals. Total is available plus locked.',
      ],
      [
        'Not listed',
        'A snapshot lists every currency that an account holds. One that it does not list is 0.',
      ],
      [
        'Price',
        `What one unit is worth in ${unit}: the last trade on Upbit’s own markets, recorded for the same slot. A × B means by way of two markets. A price with ÷ is a quotient, rounded to 12 significant digits.`,
      ],
      ['Worth', 'Total × price, not rounded.'],
      [
        'Unknown',
        'There is no price, or no snapshot. Sums leave out what is unknown and name it; it is never counted as 0.',
      ],
    ]),
  );
}
