import { createHash } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { formatSecond } from '../../lambda/core/instant.ts';
import { count } from './count.ts';
import { encodeRecord } from './encoding.ts';
import { BEGINNING } from './file.ts';
import { holdings } from './holdings.ts';
import { localTime, zoneName } from './local-time.ts';
import { element, type Markup, toHtml } from './markup.ts';
import { asOf, type ReportRecord } from './record.ts';
import { type SealsShown, seals } from './seals.ts';
import { completeness, share, sumOf } from './tally.ts';
import { thinningText } from './thinning.ts';
import { worthAt } from './worth-table.ts';

const PAGE = fileURLToPath(new URL('./page/', import.meta.url));

/** The page of a record: one self-contained HTML file whose policy allows nothing else. */
export async function reportDocument(record: ReportRecord, sealed: SealsShown): Promise<string> {
  const [script, style] = await bundles();
  const policy = [
    "default-src 'none'",
    `script-src ${sourceOf(script)}`,
    `style-src ${sourceOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    // No text can become markup or code at run time.
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ');
  return `${BEGINNING}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
${toHtml(element('title', {}, titleOf(record)))}
<style>${style}</style>
</head>
<body>
${body(record, sealed).map(toHtml).join('\n')}
<script type="application/json" id="record">${encodeRecord(record)}</script>
<script>${script}</script>
</body>
</html>
`;
}

function titleOf({ simulated, from, to, timeZone }: ReportRecord): string {
  return `${simulated ? 'SIMULATED · ' : ''}Balances ${localTime(from, timeZone)} to ${localTime(to, timeZone)}`;
}

let bundlesOnce: Promise<[script: string, style: string]> | undefined;

/** The same for every page. */
function bundles(): Promise<[script: string, style: string]> {
  bundlesOnce ??= Promise.all([bundled('page.ts'), bundled('page.css')]);
  return bundlesOnce;
}

/** The script or the style sheet, bundled. uPlot comes from its package. */
async function bundled(entry: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [PAGE + entry],
    bundle: true,
    minify: true,
    format: 'iife',
    // The oldest browsers with everything the page needs.
    target: ['chrome100', 'firefox100', 'safari15.4'],
    charset: 'ascii',
    legalComments: 'inline',
    write: false,
    logLevel: 'silent',
  });
  const text = outputFiles.map((file) => file.text).join('');
  // Esbuild escapes this already; otherwise the element would end early.
  if (/<\/(?:script|style)/i.test(text)) throw new RangeError(`${entry} would end its own element`);
  return text.trim();
}

function sourceOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

function body(record: ReportRecord, sealed: SealsShown): Markup[] {
  const isEmpty = record.accounts.every(({ moments, end }) => moments.length + end.length === 0);
  return [
    ...(record.simulated
      ? [
          element(
            'aside',
            { class: 'simulated', 'aria-label': 'Kind of data' },
            element('strong', {}, 'SIMULATED'),
            ' A made-up Upbit on one machine. Nothing in this report is real.',
          ),
        ]
      : []),
    header(record, isEmpty),
    element('main', {}, ...(isEmpty ? [emptyNote(record)] : sections(record, sealed))),
    footer(),
  ];
}

type Fact = [term: string, fact: Markup | string];

function header(record: ReportRecord, isEmpty: boolean): Markup {
  const { label, readAt, timeZone, currencies } = record;
  const facts: Fact[] = [
    ['Range', rangeText(record)],
    ['Times', zoneName(timeZone)],
    ['Ledger', label],
    ...(currencies === undefined ? [] : [['Only', currencies.join(', ')] satisfies Fact]),
    ['Read', element('time', { datetime: formatSecond(readAt) }, localTime(readAt, timeZone))],
  ];
  return element(
    'header',
    {},
    element('h1', {}, 'Balances'),
    ...(isEmpty ? [] : [element('p', { class: 'verdict' }, verdict(record))]),
    ...(record.interval === 0 ? [] : [element('p', { class: 'verdict' }, thinned(record.interval))]),
    element(
      'dl',
      {},
      ...facts.map(([term, fact]) => element('div', {}, element('dt', {}, term), element('dd', {}, fact))),
    ),
  );
}

function thinned(interval: number): string {
  return `${thinningText(interval)} Where the line crosses a gap, only some of those slots have no snapshot.`;
}

/** Which slots the report is about, as opposed to the time at which something was held. */
function rangeText({ from, to, timeZone }: ReportRecord): string {
  return `${localTime(from, timeZone)} up to, but not including, ${localTime(to, timeZone)}`;
}

function verdict({ accounts }: ReportRecord): string {
  const { expected, taken, failed, missing, unreadable } = sumOf(accounts.map(({ counts }) => counts));
  if (expected === 0) return 'No snapshot was scheduled in this range; only manual snapshots are shown.';
  if (taken === expected) return `All ${count(expected)} expected snapshots recorded.`;
  const lacking = failed + missing;
  const rest = [
    ...(lacking === 0 ? [] : [`${count(lacking)} missing`]),
    ...(unreadable === 0 ? [] : [`${count(unreadable)} unreadable`]),
  ];
  return [
    `${count(taken)} of ${count(expected)} expected snapshots recorded (${share(taken, expected)});`,
    rest.length === 0 ? 'the others may still come.' : `${rest.join(' and ')}, explained below.`,
  ].join(' ');
}

function emptyNote(record: ReportRecord): Markup {
  const text =
    record.accounts.length === 0
      ? 'The ledger is empty: it has no accounts yet, and no slot was expected.'
      : `Nothing was recorded or expected from ${rangeText(record)}.`;
  return element('section', { class: 'empty' }, element('h2', {}, 'Nothing to show'), element('p', {}, text));
}

function sections(record: ReportRecord, sealed: SealsShown): Markup[] {
  return [
    ...worth(record),
    element(
      'section',
      { id: 'over-time', 'aria-labelledby': 'over-time-title' },
      element('h2', { id: 'over-time-title' }, 'Amounts over time'),
      ...(record.prices.size === 0 ? withoutScript() : []),
    ),
    element(
      'section',
      { id: 'holdings', 'aria-labelledby': 'holdings-title' },
      element('h2', { id: 'holdings-title' }, `Holdings at ${localTime(asOf(record), record.timeZone)}`),
      element('div', { id: 'holdings-at' }, holdings(record, asOf(record))),
    ),
    element(
      'section',
      { id: 'completeness', 'aria-labelledby': 'completeness-title' },
      element('h2', { id: 'completeness-title' }, 'Completeness'),
      completeness(record),
      seals(sealed, record.timeZone),
    ),
  ];
}

/** What everything was worth; the script draws it over time. */
function worth(record: ReportRecord): Markup[] {
  const { prices, unit, timeZone } = record;
  const title = element('h2', { id: 'worth-heading' }, 'Worth');
  if (prices.size === 0) {
    const none = 'No prices were recorded in this range, so what it was worth is unknown.';
    return [
      element(
        'section',
        { id: 'worth', 'aria-labelledby': 'worth-heading' },
        title,
        element('p', { class: 'quiet' }, none),
      ),
    ];
  }
  const instant = asOf(record);
  return [
    element(
      'section',
      { id: 'worth', 'aria-labelledby': 'worth-heading' },
      title,
      ...withoutScript(),
      element('h3', { id: 'worth-title', class: 'at' }, `Worth at ${localTime(instant, timeZone)}`),
      element(
        'div',
        { id: 'worth-at', class: 'worth' },
        worthAt(record, { instant, unit, account: undefined, isExact: false }),
      ),
      element(
        'p',
        { class: 'quiet small' },
        'Value is the amount held × the last price on Upbit at the same slot; “via” names the markets. ',
        'Rounded here: money to two decimals (BTC eight; IDR and KRW none), prices to ten digits, shares to 0.1 %. “All digits” shows the exact numbers. ',
        'Upbit cost is the amount held × Upbit’s own average buy price, and gain is value less that cost.',
      ),
    ),
  ];
}

/** The sentences for a page whose script does not run: nobody asked it to, or it failed. */
function withoutScript(): Markup[] {
  return [
    element(
      'noscript',
      {},
      element('p', { class: 'quiet' }, 'The charts need JavaScript; everything below works without it.'),
    ),
    // The script removes it once it has drawn the charts.
    element(
      'p',
      { id: 'no-chart', class: 'quiet' },
      'The script of this page failed in this browser, so the charts are missing. Everything below is complete without them.',
    ),
  ];
}

function footer(): Markup {
  return element(
    'footer',
    {},
    element(
      'p',
      {},
      'Total is available plus locked. Every amount is exact, as Upbit sent it; only the chart rounds. ',
      'A snapshot lists everything held, so a currency it does not list counts as 0. ',
      'A slot without a snapshot is a gap in the line: nothing is known about it, and nothing is made up.',
    ),
  );
}
