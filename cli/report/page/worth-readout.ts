import { add, formatDecimal, ZERO } from '../../../lambda/core/decimal.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { share } from '../../print/money.ts';
import { grouped } from '../amount.ts';
import { table } from '../html-table.ts';
import { localStretch } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { type Digits, moneyCell, moneyMark, moneyText } from '../money-cell.ts';
import { lastSlot, type ReportRecord } from '../record.ts';
import { sumOfWorths, type Worth, worthOf } from '../worth.ts';
import { reasonText } from './readout.ts';
import type { WorthPoint } from './worth-points.ts';

/** What is asked of a point. */
export interface Asked extends Digits {
  readonly unit: string;
  /** Whose worth it is, e.g. `All accounts`. */
  readonly who: string;
  /** One currency; undefined for everything. */
  readonly currency: string | undefined;
}

/** What is known of a point: a value, or why there is none. */
interface Answer {
  readonly value: Worth['sum']['value'];
  /** In short, if there is no value. */
  readonly short: string;
  /** What it is made of and what it lacks, or the reason. */
  readonly parts: readonly (Markup | string)[];
}

/** How many currencies a readout names. */
const NAMED = 4;

/** What a point was worth, computed exactly, or why that is unknown. */
export function answerAt(record: ReportRecord, point: WorthPoint, asked: Asked): Answer {
  const { lacking, taken } = point;
  if (point.isPause) return unknown('Nothing expected', 'Nothing was expected around this time.');
  const [first] = lacking;
  if (first !== undefined) {
    const one = taken.length + lacking.length === 1;
    const texts = lacking.map(
      ({ account, lack }) => `${one ? '' : `${account.account}: `}${reasonText(lack)}`,
    );
    return unknown(one ? 'No snapshot' : 'No sum', texts.join(' '));
  }
  const worths = taken.map(({ account, snapshot }) => worthOf(record, account, snapshot, asked.unit));
  return asked.currency === undefined ? ofEverything(worths) : ofCurrency(worths, asked.currency, asked.unit);
}

function ofEverything(worths: readonly Worth[]): Answer {
  const priceless = [...new Set(worths.flatMap((worth) => worth.priceless))];
  if (priceless.length > 0)
    return unknown('Worth unknown', `No prices of ${priceless.join(', ')} were recorded for this slot.`);
  const sum = sumOfWorths(worths);
  const { value, unpriced } = sum;
  const lacks = unpriced.length === 0 ? [] : [`lacks ${unpriced.join(', ')}, which had no price`];
  if (value === undefined)
    return unknown('Worth unknown', `No market has a price for ${unpriced.join(', ')}.`);
  const parts = new Map<string, Worth['sum']['value']>();
  for (const { balance, value: part } of worths.flatMap(({ holdings }) => holdings))
    if (part !== undefined) parts.set(balance.currency, add(parts.get(balance.currency) ?? ZERO, part));
  const largest = [...parts]
    .flatMap(([currency, part]) =>
      part === undefined || part.coefficient === 0n ? [] : [{ currency, part }],
    )
    .sort((a, b) => Number(formatDecimal(b.part)) - Number(formatDecimal(a.part)));
  const named = largest.slice(0, NAMED).map(({ currency, part }) => `${currency} ${share(part, value)}`);
  const more = largest.length > NAMED ? [`${largest.length - NAMED} more`] : [];
  return { value, short: '', parts: [[...named, ...more, ...lacks].join(' · ')] };
}

function ofCurrency(worths: readonly Worth[], currency: string, unit: string): Answer {
  const holdings = worths.flatMap((worth) =>
    worth.holdings.filter(({ balance }) => balance.currency === currency),
  );
  const total = holdings.map((holding) => holding.total).reduce(add, ZERO);
  if (holdings.some((holding) => holding.value === undefined && holding.total.coefficient !== 0n)) {
    return unknown('Worth unknown', `There is no price of ${currency} in ${unit} for this slot.`);
  }
  const vias = [
    ...new Set(
      holdings.map(({ way }) => (way === undefined ? '' : `${formatDecimal(way.price)}${viaText(way.via)}`)),
    ),
  ];
  return {
    value: holdings.flatMap(({ value }) => value ?? []).reduce(add, ZERO),
    short: '',
    parts: [
      grouped(formatDecimal(total)),
      ` ${currency}`,
      ...(vias.length === 1 && vias[0] !== '' ? [` × ${vias[0]}`] : []),
    ],
  };
}

function viaText(via: string): string {
  return via === '' ? '' : ` (${via})`;
}

function unknown(short: string, why: string): Answer {
  return { value: undefined, short, parts: [why] };
}

/** A point in words, as the readout of a chart. */
export function worthReadout(record: ReportRecord, point: WorthPoint, asked: Asked): Markup {
  const { value, short, parts } = answerAt(record, point, asked);
  const { unit, who } = asked;
  return element(
    'div',
    { class: value === undefined ? 'readout lacking' : 'readout' },
    element('p', { class: 'when' }, whenOf(point, record.timeZone), ` · ${who}`),
    element(
      'p',
      { class: 'total' },
      ...(value === undefined ? [short] : [moneyMark(value, unit, asked), ' ', element('bdi', {}, unit)]),
    ),
    element('p', { class: 'parts' }, ...parts),
  );
}

/** The same in one line, for screen readers. */
export function worthSpoken(record: ReportRecord, point: WorthPoint, asked: Asked): string {
  const { value, short, parts } = answerAt(record, point, asked);
  const text = value === undefined ? short : `${moneyText(value, asked.unit, asked)} ${asked.unit}`;
  const more = parts.filter((part) => typeof part === 'string').join('');
  return `${whenOf(point, record.timeZone)}: ${text}${asked.currency === undefined && more !== '' ? `. ${more}` : ''}`;
}

/** The points as a table, in the given order: the data of the chart. */
export function worthRows(record: ReportRecord, points: readonly WorthPoint[], asked: Asked): Markup {
  const { unit, who } = asked;
  return table(
    `What ${asked.currency ?? 'everything'} in ${who} was worth in ${unit}, slot by slot`,
    [
      { title: 'Slot', amount: false },
      { title: `Worth in ${unit}`, amount: true },
      { title: 'Of which', amount: false },
    ],
    points
      .filter(({ isPause }) => !isPause)
      .map((point) => {
        const { value, short, parts } = answerAt(record, point, asked);
        const why = element('td', { class: value === undefined ? 'lacking' : 'observed' }, ...parts);
        return {
          title: whenOf(point, record.timeZone),
          cells: [
            value === undefined
              ? element('td', { class: 'amount lacking' }, short)
              : moneyCell(value, unit, asked),
            why,
          ],
        };
      }),
  );
}

function whenOf({ slot, lacking }: WorthPoint, timeZone: TimeZone): string {
  return localStretch(slot, Math.max(slot, ...lacking.map(({ lack }) => lastSlot(lack))), timeZone);
}
