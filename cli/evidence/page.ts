import { readFileSync } from 'node:fs';
import { isObject } from '../../lambda/core/parsed.ts';
import { type TableRow, table } from '../report/html-table.ts';
import { element, type Markup } from '../report/markup.ts';
import { staticPage } from '../report/static-page.ts';
import { claimsOf, daysOf, type EvidenceFiles, textIn } from './claims.ts';

const TITLE = 'Evidence of balances';

/** The page for whoever is handed the evidence: what it shows, what it does not, and how to check it. Follows from the other files. */
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
      'This folder shows what a ledger recorded of the Upbit account ',
      element('strong', {}, claim('account')),
      ' for ',
      element('strong', {}, claim('slot')),
      ' (UTC).',
    ),
    ...balances(evidence),
    element('h2', {}, 'How to check it'),
    p(
      'You need the root of one of the days in this folder, as it was written down somewhere else: in a log, a mail or a report that the owner of the ledger could not change later. On Linux, or a Mac with ',
      code('sha256sum'),
      ', in this folder:',
    ),
    element('pre', {}, code(`sh check.sh ${claim('root')}`)),
    p(
      'Put the root that you have in place of the one above. The last lines say OK, or which file does not fit. The record that was sealed is the line that it prints; this page only repeats it. The script is short: read it first. It does only this:',
    ),
    list(
      'ol',
      [
        code('item.json'),
        ' is the record. Its SHA-256 stands in ',
        code('account.txt'),
        ', beside its time.',
      ],
      [
        'The SHA-256 of ',
        code('account.txt'),
        ', all records of the account on that day, stands in ',
        code(days[0] ?? 'days'),
        ', beside its name.',
      ],
      [
        'The SHA-256 of that file is the root of the day. It is the first line of the next day’s file, and so on.',
      ],
      ['The SHA-256 of the last file is the newest root.'],
    ),
    ...signedBy(evidence).toCheck,
    element('h2', {}, 'What it shows'),
    p(
      `Whoever has a root of this folder from another place knows that this record was in the ledger when its day was sealed, and has not been changed since. By the ledger’s own clock that was ${claim('sealedAt')}: the day ${claim('day')} (${claim('timeZone')}) had ended. Changing one digit of the record would change every root after it.`,
    ),
    ...signedBy(evidence).shown,
    element('h2', {}, 'What it does not show'),
    list(
      'ul',
      ['That Upbit said so. Upbit signs nothing: the record is what this ledger says it was told.'],
      ['What happened before the seal, which is made about an hour after the day has ended.'],
      [
        `Anything at all, if nobody kept a root in another place${claim('token') === '' ? '' : ', and you do not trust the time-stamp authority'}: the owner of the ledger could have made it all anew.`,
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
        '. With the certificate of that authority, from a place that you trust, and ',
        code('openssl'),
        ', you need no root: put its file in place of ',
        code('authority.pem'),
        '.',
      ),
      element('pre', {}, code('sh check.sh - authority.pem')),
    ],
    shown: [
      element(
        'p',
        {},
        'The same holds for whoever trusts the authority ',
        element('strong', {}, claim('authority')),
        `: it signed the root of ${day} on `,
        element('strong', {}, claim('signedAt')),
        ' by its own clock, so the record was there by then. It did not see the record, only the root.',
      ),
    ],
  };
}

/** The amounts of the record, as they stand in it. */
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

/** Evidence may come from anybody: what is no text is shown as the JSON it is. */
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
