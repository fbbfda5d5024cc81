import { readFileSync } from 'node:fs';
import { named } from '../../print/named.ts';
import { printable } from '../../print/printable.ts';
import { zoned } from '../../print/zoned.ts';
import { BEGINNING } from '../file.ts';
import { zoneName } from '../local-time.ts';
import { element, type Markup } from '../markup.ts';
import { staticPage } from '../static-page.ts';
import { accountSections } from './accounts.ts';
import { checking } from './checking.ts';
import { type Fact, factList } from './facts.ts';
import { missing } from './missing.ts';
import { howToRead } from './reading.ts';
import type { Statement } from './statement.ts';
import { inUtc, timeMark } from './times.ts';
import { together } from './together.ts';
import { MOST_DECIMALS } from './worth-cell.ts';

const TITLE = 'Statement of balances';

/** The statement as one static HTML file for A4 paper, without a script. */
export function statementDocument(statement: Statement): string {
  return staticPage(BEGINNING, titleOf(statement), styleOf(statement), body(statement));
}

function titleOf({ simulated, at, timeZone }: Statement): string {
  return `${simulated ? 'SIMULATED · ' : ''}${TITLE} ${zoned(at, timeZone)}`;
}

/** The style sheet, and the text in the margins of each sheet of paper: a sheet may be read without the others. */
function styleOf(statement: Statement): string {
  const sheet = readFileSync(new URL('./statement.css', import.meta.url), 'utf8');
  // Room for the decimals, so that decimal points align.
  const rooms = Array.from({ length: MOST_DECIMALS }, (_, index) => {
    const decimals = index + 1;
    return `.d${decimals} { min-width: calc(${decimals}ch + 0.3em); }`;
  });
  const margin = `@page { @bottom-left { content: "${titleOf(statement)}"; } }`;
  return [sheet.trim(), ...rooms, margin].join('\n');
}

function body(statement: Statement): Markup[] {
  const { simulated, readings, unit } = statement;
  return [
    ...(simulated
      ? [
          element(
            'aside',
            { class: 'simulated', 'aria-label': 'Kind of data' },
            element('strong', {}, 'SIMULATED'),
            ' A made-up Upbit on one machine. Nothing in this statement is real.',
          ),
        ]
      : []),
    element('header', {}, element('h1', {}, TITLE), factList(facts(statement))),
    element(
      'main',
      {},
      ...together(statement),
      ...(readings.length === 0
        ? []
        : [element('section', {}, element('h2', {}, 'Each account'), ...accountSections(statement))]),
      missing(statement),
      howToRead(unit),
      checking(statement),
    ),
  ];
}

/** How many accounts or currencies a line names. */
const NAMED = 12;

function facts({ at, timeZone, label, readings, isOfAll, currencies, unit, readAt }: Statement): Fact[] {
  const accounts = named(
    readings.map(({ account }) => account),
    NAMED,
  );
  const all = `all ${readings.length} that were open at that time`;
  return [
    ['Balances at', element('strong', {}, timeMark(at, timeZone)), inUtc(at, timeZone)],
    ['Time zone', zoneName(timeZone)],
    ['Ledger', printable(label)],
    ['Accounts', isOfAll ? all : `only ${accounts}`],
    ...(currencies === undefined
      ? []
      : [['Currencies', `only ${printable(named(currencies, NAMED))}`] satisfies Fact]),
    ['Worth in', unit],
    ['Ledger read', timeMark(readAt, timeZone)],
  ];
}
