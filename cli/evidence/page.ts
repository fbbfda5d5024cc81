import { readFileSync } from 'node:fs';
import { isObject } from '../../lambda/core/parsed.ts';
import { type TableRow, table } from '../report/html-table.ts';
import { element, type Markup } from '../report/markup.ts';
import { staticPage } from '../report/static-page.ts';
import { claimsOf, daysOf, type EvidenceFiles, textIn } from './claims.ts';

const TITLE = 'Evidence of balances';

/** The page for the reader of the evidence: what it shows, what it does not, and how to check it. It follows from the other files. */
export function evidencePage(evidence: EvidenceFiles): string {
  const style = readFileSync(new URL('./page.css', import.meta.url), 'utf8').trim();
  const main = element('main', {}, ...sections(evidence));
  return staticPage('<!doctype html>\n', TITLE, style, [
    ...simulatedMark(evidence),
    element('h1', {}, TITLE),
    main,
  ]);
}

function simulatedMark(evidence: EvidenceFiles): Markup[] {
  if (claimsOf(evidence)('simulated') === 'no') return [];
  return [
    element(
      'aside',
      { 'aria-label': 'Kind of data' },
      element('strong', {}, 'SIMULATED'),
      ' Nothing here is real.',
    ),
  ];
}

function sections(evidence: EvidenceFiles): Markup[] {
  const claim = claimsOf(evidence);
  const days = daysOf(evidence);
  const p = (...children: Markup['children']) => element('p', {}, ...children);
  const code = (text: string) => element('code', {}, text);
  const list = (tag: string, ...items: Markup['children'][]) =>
    element(tag, {}, ...items.map((children) => element('li', {}, ...children)));
  return [
    p(
      'This folder shows what a ledger recorded for the Upbit account ',
      element('strong', {}, claim('account')),
      ' at ',
      element('strong', {}, claim('slot')),
      ' (UTC).',
    ),
    ...balances(evidence),
    element('h2', {}, 'How to check it'),
    p(
      'You need the root of one of the days in this folder, from a copy kept elsewhere: a log, a mail or a report that the owner of the ledger could not change later. On Linux, or on a Mac with ',
      code('sha256sum'),
      ', run this in the folder:',
    ),
    element('pre', {}, code(`sh check.sh ${claim('root')}`)),
    p(
      'Replace the root above with the one you have. The last lines say OK, or which file does not match. The line that the script prints is the record that was sealed; this page only repeats it. The script is short, so read it first. It checks only this:',
    ),
    list(
      'ol',
      [code('item.json'), ' is the record. Its SHA-256 is in ', code('account.txt'), ', next to its time.'],
      [
        'The SHA-256 of ',
        code('account.txt'),
        ', which lists all records of the account on that day, is in ',
        code(days[0] ?? 'days'),
        ', next to the account’s name.',
      ],
      [
        'The SHA-256 of that file is the root of the day. It is the first line of the next day’s file, and so on.',
      ],
      ['The SHA-256 of the last file is the newest root.'],
    ),
    ...signedBy(evidence).toCheck,
    element('h2', {}, 'What it shows'),
    p(
      `If you have one of these roots from elsewhere, you know that this record was in the ledger when its day was sealed and has not been changed since. By the ledger’s own clock it was sealed at ${claim('sealedAt')}, after the end of the day ${claim('day')} (${claim('timeZone')}). Changing one digit of the record would change every root after it.`,
    ),
    ...signedBy(evidence).shown,
    element('h2', {}, 'What it does not show'),
    list(
      'ul',
      ['That Upbit said so. Upbit signs nothing: this is the ledger’s own record of Upbit’s answer.'],
      ['What happened before the day was sealed, about an hour after it ended.'],
      [
        `Anything at all, if nobody kept a root elsewhere${claim('token') === '' ? '' : ', and you do not trust the time-stamp authority'}: the owner of the ledger could have rewritten all of it.`,
      ],
      ['That there are no other accounts.'],
    ),
    p(`The newest root here is that of ${claim('rootDay')}: `, code(claim('root'))),
  ];
}

/** How to check the token of a time-stamp authority, and what it shows; nothing where there is none. */
function signedBy(evidence: EvidenceFiles): { readonly toCheck: Markup[]; readonly shown: Markup[] } {
  const claim = claimsOf(evidence);
  const token = claim('token');
  if (token === '') return { toCheck: [], shown: [] };
  const code = (text: string) => element('code', {}, text);
  const day = token.replace(/tst$/, 'txt');
  return {
    toCheck: [
      element(
        'p',
        {},
        'A time-stamp authority (RFC 3161) signed the SHA-256 of ',
        code(day),
        '; its signature is ',
        code(token),
        '. You can check that signature instead of a root, with ',
        code('openssl'),
        ' and the authority’s root certificate from a source you trust. Put the file of that certificate in place of ',
        code('authority.pem'),
        ':',
      ),
      element('pre', {}, code('sh check.sh - authority.pem')),
    ],
    shown: [
      element(
        'p',
        {},
        'If you trust the authority ',
        element('strong', {}, claim('authority')),
        `, you need no root from elsewhere: it signed the root of ${day} on `,
        element('strong', {}, claim('signedAt')),
        ' by its own clock, so the record existed by then. It saw only the root, not the record.',
      ),
    ],
  };
}

/** The amounts of the record, unchanged. */
function balances(evidence: EvidenceFiles): Markup[] {
  const item = parsed(textIn(evidence, 'item.json'));
  const [available, locked] = [mapIn(item, 'balance'), mapIn(item, 'locked')];
  const cell = (text: string) => element('td', { class: 'amount' }, text);
  const rows: TableRow[] = Object.entries(available).map(([currency, amount]) => ({
    title: currency,
    cells: [cell(amount), cell(Object.hasOwn(locked, currency) ? (locked[currency] ?? '0') : '0')],
  }));
  const observed = isObject(item) ? item['observedAt'] : undefined;
  return [
    table(
      'The balances',
      [
        { title: 'Currency', amount: false },
        { title: 'Available', amount: true },
        { title: 'Locked in orders', amount: true },
      ],
      rows,
    ),
    element(
      'p',
      {},
      `${rows.length === 0 ? 'The account held nothing. ' : 'A currency that is not listed is 0. '}Observed at ${textOf(observed)}.`,
    ),
  ];
}

/** Evidence may come from anybody: a value that is not text is shown as JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'an unknown time');
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mapIn(item: unknown, name: string): Readonly<Record<string, string>> {
  const map = isObject(item) ? item[name] : undefined;
  return isObject(map)
    ? Object.fromEntries(Object.entries(map).map(([key, value]) => [key, textOf(value)]))
    : {};
}
