import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { BrowserContextOptions, Locator, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { reportDocument } from '../../../cli/report/document.ts';
import type { ReportRecord } from '../../../cli/report/record.ts';
import { HOUR } from '../../../lambda/core/instant.ts';
import { failure, line, snapshot } from '../../support/memory-ledger.ts';
import {
  BEGIN,
  FAILED,
  HOSTILE,
  HOURLY,
  MARCH_SEALS,
  marchEntries,
  marchSheets,
  recordOf,
  UNPRICED,
} from '../../support/report-record.ts';
import { startChromium } from './chromium.ts';
import { sheetsOf } from './pdf.ts';

const running = await startChromium();

const DESKTOP: BrowserContextOptions = { viewport: { width: 1280, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 740 },
  deviceScaleFactor: 2,
  isMobile: true,
  hasTouch: true,
};

/** The number of pixels in a colour, in the part of a section's chart between two fractions of its width. */
const PIXELS = (section: string, colour: string, from: number, to: number) => `(() => {
  const canvas = document.querySelector('${section} .chart canvas');
  const [first, width] = [Math.round(canvas.width * ${from}), Math.round(canvas.width * ${to - from})];
  // A copy, because repeated reads of the chart's own canvas cause a console warning.
  const copy = document.createElement('canvas').getContext('2d', { willReadFrequently: true });
  Object.assign(copy.canvas, { width: canvas.width, height: canvas.height });
  copy.drawImage(canvas, 0, 0);
  const { data } = copy.getImageData(first, 0, width, canvas.height);
  const [r, g, b] = ${JSON.stringify(colour.match(/[0-9a-f]{2}/g)?.map((part) => Number.parseInt(part, 16)))};
  let count = 0;
  for (let at = 0; at < data.length; at += 4)
    if (Math.abs(data[at] - r) + Math.abs(data[at + 1] - g) + Math.abs(data[at + 2] - b) < 24 && data[at + 3] > 200) count += 1;
  return count;
})()`;

/** The same for the line of amounts. */
const LINE_PIXELS = (from: number, to: number) => PIXELS('#over-time', LINE, from, to);

/** JavaScript for the page: the words above the columns of its tables, each with the number of lines it is on. */
const WORDS_OF_HEADS = `[...document.querySelectorAll('thead th')]
  .flatMap((head) => [...head.childNodes])
  .flatMap((text) => [...text.textContent.matchAll(/\\S+/g)].map(({ 0: word, index }) => {
    const range = document.createRange();
    range.setStart(text, index);
    range.setEnd(text, index + word.length);
    return [word, range.getClientRects().length];
  }))
  .filter(([, lines]) => lines > 0)`;

const SEALED_ROOT = MARCH_SEALS.days.newest?.root ?? '';
const FIRST_HOUR = { from: BEGIN, to: BEGIN + HOUR };

/** The colours of the line, and of the marks of failures, in light. */
const LINE = '#0b6b5d';
const FAILURE = '#b3421c';
/** The pixels of a line of text on A4, between margins of 15 mm. */
const A4_LINE = 680;
/** The colours of the two largest currencies. */
const PARTS = ['#0b6b5d', '#c9821a'] as const;
const CHART_WIDTH =
  "Math.round(document.querySelector('#over-time .chart canvas').getBoundingClientRect().width)";

/** What axe-core finds that is serious, with the elements. */
async function seriousIn(page: Page): Promise<unknown[]> {
  await page.evaluate(axe.source);
  const { violations } = (await page.evaluate('axe.run()')) as {
    violations: { id: string; impact: string; nodes: { html: string }[] }[];
  };
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  return serious.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)]);
}

/** The visible text of an element, with tabs between table cells. */
async function seen(element: Locator): Promise<string> {
  const texts = await element.allInnerTexts();
  expect(texts).toHaveLength(1);
  return texts.join();
}

describe.skipIf(running === undefined)('the report in a browser (Linux x64, or an installed Chrome)', () => {
  let directory: string;
  let address: string;
  const open: Page[] = [];
  /** Errors and warnings of the pages, and their requests beyond their own file. */
  const complaints: string[] = [];

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'report-browser-'));
    address = await written('report.html', marchEntries());
  });
  afterEach(async () => {
    await Promise.all(open.splice(0).map((page) => page.context().close()));
    expect(complaints.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await running?.close();
    rmSync(directory, { recursive: true, force: true });
  });

  /** Writes the report of the entries, and returns its address. */
  async function written(name: string, ...record: Parameters<typeof recordOf>): Promise<string> {
    return await saved(name, await recordOf(...record));
  }

  async function saved(name: string, record: ReportRecord): Promise<string> {
    const file = join(directory, name);
    writeFileSync(file, await reportDocument(record, MARCH_SEALS));
    return pathToFileURL(file).href;
  }

  async function opened(
    options: BrowserContextOptions = DESKTOP,
    file = address,
    prepare: (page: Page) => Promise<unknown> = async () => undefined,
  ): Promise<Page> {
    if (running === undefined) throw new Error('no browser');
    const context = await running.browser.newContext({ locale: 'en-US', ...options });
    const page = await context.newPage();
    await prepare(page);
    open.push(page);
    page.on('console', (message) => complaints.push(message.text()));
    page.on('pageerror', (error) => complaints.push(error.message));
    page.on('dialog', (dialog) => complaints.push(`dialog ${dialog.message()}`));
    page.on('request', (request) => {
      if (request.url() !== file) complaints.push(`request ${request.url()}`);
    });
    await page.goto(file);
    await page.locator('#over-time .chart canvas').waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
    return page;
  }

  const answer = (page: Page) => seen(page.locator('.answer'));

  it('draws the holdings', async () => {
    const page = await opened();
    expect(await page.evaluate(LINE_PIXELS(0, 1))).toBeGreaterThan(1_000);
    expect(await answer(page)).toContain('2026-04-01 00:00 · sg/main');
    expect(await answer(page)).toContain('0.81000093 BTC');
  });

  it('draws no line where there is no snapshot', async () => {
    const page = await opened();
    await zoomInto(page, FAILED[0] ?? 0);
    const [begin, end] = await holeOnScreen(page);
    expect(end - begin).toBeGreaterThan(0.02);
    expect(await page.evaluate(LINE_PIXELS(begin, end))).toBe(0);
    expect(await page.evaluate(LINE_PIXELS(0, begin))).toBeGreaterThan(50);
    expect(await page.evaluate(LINE_PIXELS(end, 1))).toBeGreaterThan(50);
  });

  it('says why there is no snapshot', async () => {
    const page = await opened();
    await askFor(page, '2026-03-21T09:10');
    expect(await answer(page)).toContain('No snapshot');
    expect(await answer(page)).toContain(
      'upbit.timeout (no answer within 5 s). Upbit did not answer within five seconds',
    );
  });

  it('shows the selected account and currency', async () => {
    const page = await opened();
    await page.getByRole('combobox', { name: 'Currency' }).selectOption('ETH');
    expect(await answer(page)).toContain('37 ETH');
    await page.getByRole('combobox', { name: 'Account' }).selectOption('th/main');
    expect(await answer(page)).toContain('th/main');
    await page.getByRole('combobox', { name: 'Currency' }).selectOption('THB');
    expect(await answer(page)).toContain('93410.12 THB\n\n88410.12 available · 5000 locked');
    expect(await seen(page.locator('.summary'))).toContain('THB in th/main: 93410.12 at 2026-03-01 00:00');
  });

  it('shows the range of the pressed button, and marks it as pressed', async () => {
    const page = await opened();
    const all = page.getByRole('button', { name: 'All' });
    expect(await all.getAttribute('aria-pressed')).toBe('true');
    const week = page.getByRole('button', { name: '7 d' });
    await week.click();
    expect([await week.getAttribute('aria-pressed'), await all.getAttribute('aria-pressed')]).toEqual([
      'true',
      'false',
    ]);
    expect(await seen(page.locator('.summary'))).toContain(
      'at 2026-03-25 00:00, 0.81000093 at 2026-04-01 00:00. 169 snapshots. No gap.',
    );
    expect(await page.getByRole('button', { name: '90 d' }).count()).toBe(0);
  });

  it('zooms into a dragged range, and shows the holdings at a clicked time', async () => {
    const page = await opened();
    const box = await page.locator('.u-over').boundingBox();
    if (box === null) throw new Error('no plot');
    const y = box.y + box.height / 2;
    await page.mouse.move(box.x + box.width * 0.25, y);
    await page.mouse.down();
    await page.mouse.move(box.x + box.width * 0.5, y, { steps: 4 });
    await page.mouse.up();
    expect(await seen(page.locator('.summary'))).toMatch(/at 2026-03-08 .* at 2026-03-16 /);
    await page.mouse.click(box.x + box.width * 0.5, y);
    expect(await seen(page.locator('#holdings-title'))).toMatch(/^Holdings at 2026-03-12 /);
  });

  it('moves from slot to slot with the arrow keys, and announces each', async () => {
    const page = await opened();
    const slots = page.getByRole('slider', { name: 'Slot' });
    await slots.focus();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('ArrowLeft');
    expect(await answer(page)).toContain('2026-03-31 22:00');
    expect(await slots.getAttribute('aria-valuetext')).toBe(
      '2026-03-31 22:00: 0.85000112 BTC, of which 0.05 locked',
    );
    await page.keyboard.press('Home');
    expect(await answer(page)).toContain('2026-03-01 00:00');
  });

  it('reaches every control with the keyboard alone', async () => {
    const page = await opened();
    const reached: unknown[] = [];
    for (let press = 0; press < 9; press += 1) {
      await page.keyboard.press('Tab');
      reached.push(
        await page.evaluate(`(({ tagName, type }) => tagName + ' ' + (type ?? ''))(document.activeElement)`),
      );
    }
    expect(reached).toEqual([
      'SELECT select-one',
      'SELECT select-one',
      ...Array.from({ length: 4 }, () => 'BUTTON button'),
      'INPUT range',
      'SUMMARY ',
      'INPUT datetime-local',
    ]);
  });

  it('shows what was held at midnight on 31 March, with the snapshot that proves it', async () => {
    const page = await opened();
    await askFor(page, '2026-03-31T00:00');
    const holdings = await seen(page.locator('#holdings'));
    expect(holdings).toContain('Holdings at 2026-03-31 00:00');
    expect(holdings).toContain('Slot 2026-03-31T00:00:00Z, observed 2026-03-31T00:00:01.234Z');
    const own = page.locator('#holdings article', { hasText: 'sg/main' });
    expect(await seen(own.locator('tr', { hasText: 'BTC' }))).toBe('BTC\t0.8500009\t0.8000009\t0.05');
    await page.getByRole('button', { name: 'Latest' }).click();
    expect(await seen(page.locator('#holdings-title'))).toBe('Holdings at 2026-04-01 00:30');
  });

  it('folds many accounts, and keeps opened ones open when another time is picked', async () => {
    const desks = Array.from({ length: 40 }, (_, index) => `sg/desk-${index}` as const);
    const entries = desks.flatMap((account, index) => [
      snapshot(account, BEGIN, [line('BTC', String(index))]),
      index === 7 ? failure(account, BEGIN + HOUR) : snapshot(account, BEGIN + HOUR, [line('BTC', '1')]),
    ]);
    const page = await opened(DESKTOP, await written('fund.html', entries, desks));
    expect(await page.locator('#holdings details[open]').count()).toBe(0);
    const seventh = page.locator('#holdings details', { hasText: 'sg/desk-7' });
    expect(await seen(seventh.locator('summary'))).toMatch(/^sg\/desk-7\s+1 currency\s+missing$/);
    await seventh.locator('summary').click();
    await askFor(page, '2026-03-01T01:30');
    expect(await page.locator('#holdings details[open]').count()).toBe(1);
    expect(await seen(seventh)).toContain('the last at 2026-03-01 01:00: upbit.timeout');
    expect(await seen(page.locator('#holdings .together'))).toContain('BTC\t46\t46\t0');
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await page.locator('details:not([open], .rows, .folded > *)').count()).toBe(0);
    // On paper too, only the account that the reader opened.
    expect(await page.locator('#holdings details[open]').count()).toBe(1);
    const sheets = sheetsOf(await page.pdf({ preferCSSPageSize: true, outline: true, tagged: true }));
    expect(sheets.length).toBeLessThan(8);
  });

  it('has the drawn series as a table, newest first, with more rows on request', async () => {
    const page = await opened();
    await page.locator('.rows summary').click();
    const rows = page.locator('.rows tbody tr');
    await rows.first().waitFor();
    expect(await rows.count()).toBe(200);
    expect((await seen(rows.first())).split('\t')).toEqual([
      '2026-04-01 00:00',
      '0.81000093',
      '0.81000093',
      '0',
      '2026-04-01T00:00:01.234Z',
    ]);
    await page.getByRole('button', { name: 'Show 200 more' }).click();
    expect(await rows.count()).toBe(400);
    expect(await seen(page.locator('.rows td.lacking').first())).toBe(
      'No snapshot: upbit.timeout (no answer within 5 s)',
    );
  });

  it('fits a phone however many digits an amount has', async () => {
    const amounts = [line('HUGE', `999${'0'.repeat(120)}`), line('TINY', `0.${'0'.repeat(120)}7`)];
    const entries = [0, 1, 2].map((hour) => snapshot('sg/main', BEGIN + hour * HOUR, amounts));
    const page = await opened(PHONE, await written('amounts.html', entries, ['sg/main']));
    for (const currency of ['HUGE', 'TINY']) {
      await page.getByRole('combobox', { name: 'Currency' }).selectOption(currency);
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    }
  });

  it('shows a currency that looks like markup as text', async () => {
    const page = await opened();
    await page.getByRole('combobox', { name: 'Currency' }).selectOption(HOSTILE);
    expect(await answer(page)).toContain(`7 ${HOSTILE}`);
    expect(await page.locator('img').count()).toBe(0);
  });

  it.each(['light', 'dark'] as const)('has no serious axe-core violation, in %s', async (colorScheme) => {
    const page = await opened({ ...DESKTOP, colorScheme });
    await page.locator('.rows summary').click();
    expect(await seriousIn(page)).toEqual([]);
  });

  it('fits a phone: the page does not scroll sideways', async () => {
    const page = await opened(PHONE);
    await page.locator('.rows summary').click();
    for (const list of await page.locator('#completeness details:not([open]) summary').all())
      await list.click();
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    expect(await page.evaluate(CHART_WIDTH)).toBeGreaterThan(300);
  });

  it.each([
    ['a desktop', DESKTOP],
    ['a phone', PHONE],
  ])('shows the whole root of the newest seal, as text to be compared, on %s', async (_, options) => {
    const page = await opened(options);
    const shown = page.locator('.seals');
    expect(await seen(shown.locator('.days'))).toContain('29 of 32 days of this range are sealed.');
    expect(await seen(shown.locator('dd code'))).toBe(SEALED_ROOT);
    expect(await seen(shown.locator('p code'))).toBe(`balances verify --local --expect ${SEALED_ROOT}`);
    // It wraps, and is not cut off.
    const box = await shown.locator('dd code').boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan((options.viewport?.width ?? 0) - 16);
  });

  it('prints the list of missing slots too, and closes it again', async () => {
    const page = await opened();
    const lists = page.locator('#completeness details');
    const open = () => lists.evaluateAll((nodes) => nodes.map((node) => node.hasAttribute('open')));
    await lists.first().locator('summary').click();
    expect(await open()).toEqual([false]);
    await page.evaluate("dispatchEvent(new Event('beforeprint'))");
    expect(await open()).toEqual([true]);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    expect(await open()).toEqual([false]);
  });

  it('is dark if the reader prefers it', async () => {
    const background = 'getComputedStyle(document.body).backgroundColor';
    const light = await opened({ ...DESKTOP, colorScheme: 'light' });
    const dark = await opened({ ...DESKTOP, colorScheme: 'dark' });
    expect([await light.evaluate(background), await dark.evaluate(background)]).toEqual([
      'rgb(246, 245, 242)',
      'rgb(17, 20, 19)',
    ]);
  });

  it('keeps the tables without scripts', async () => {
    if (running === undefined) throw new Error('no browser');
    const context = await running.browser.newContext({ javaScriptEnabled: false });
    const page = await context.newPage();
    open.push(page);
    await page.goto(address);
    expect(await page.locator('#holdings tbody tr').count()).toBeGreaterThan(5);
    expect(await seen(page.locator('noscript'))).toContain('The charts need JavaScript');
    expect(await page.locator('#no-chart').isVisible()).toBe(false);
  });

  it('says so if its script does not run at all', async () => {
    if (running === undefined) throw new Error('no browser');
    const page = await running.browser.newPage({ locale: 'en-US' });
    open.push(page);
    // The chart's library fails as it loads.
    await page.addInitScript('delete globalThis.Intl');
    await page.goto(address);
    await page.locator('#no-chart').waitFor();
    expect(await seen(page.locator('#no-chart'))).toContain('failed in this browser');
  });

  it('works in a browser whose language is not a language tag', async () => {
    const page = await opened(DESKTOP, address, (window) =>
      window.addInitScript(
        "Object.defineProperty(Navigator.prototype, 'language', { configurable: true, get: () => 'en-US@posix' })",
      ),
    );
    expect(await page.evaluate(LINE_PIXELS(0, 1))).toBeGreaterThan(1_000);
    expect(await page.getByRole('combobox').count()).toBe(2);
    expect(await page.locator('#no-chart').count()).toBe(0);
  });

  it('says so if its script fails, and leaves no control that does nothing', async () => {
    if (running === undefined) throw new Error('no browser');
    const page = await running.browser.newPage({ locale: 'en-US' });
    open.push(page);
    const errors: string[] = [];
    page.on('pageerror', ({ message }) => errors.push(message));
    await page.addInitScript('delete globalThis.ResizeObserver');
    await page.goto(address);
    await page.locator('#no-chart').waitFor();
    expect(await seen(page.locator('#no-chart'))).toBe(
      'The charts and their controls could not start in this browser (ReferenceError: ResizeObserver is not defined). Everything below is complete without them.',
    );
    expect(errors).toEqual(['ResizeObserver is not defined']);
    expect(await page.locator('select, button, input, canvas').count()).toBe(0);
    expect(await page.locator('#holdings tbody tr').count()).toBeGreaterThan(5);
  });

  it('opens on the requested currency, in an account that holds it', async () => {
    const entries = [
      snapshot('sg/main', BEGIN, [line('BTC', '1')]),
      snapshot('th/main', BEGIN, [line('BTC', '2'), line('ETH', '1234567.5')]),
    ];
    const record = await recordOf(entries, ['sg/main', 'th/main'], [HOURLY], FIRST_HOUR);
    const page = await opened(DESKTOP, await saved('eth.html', { ...record, currencies: ['eth'] }));
    expect(await answer(page)).toContain('th/main');
    expect(await answer(page)).toContain('1234567.5 ETH');
  });

  it('groups the digits of every amount with commas, which are not part of the text', async () => {
    const entries = [snapshot('sg/main', BEGIN, [line('ETH', '1234567.5')])];
    const page = await opened(
      DESKTOP,
      await written('comma.html', entries, ['sg/main'], [HOURLY], FIRST_HOUR),
    );
    const shown = (await page.evaluate(`[...document.querySelectorAll('.group')].map((node) =>
      [node.textContent, getComputedStyle(node, '::before').content, node.closest('.total, .parts, .summary, td')?.className])`)) as string[][];
    expect(new Set(shown.map(([, sign]) => sign))).toEqual(new Set(['","']));
    expect(shown.map(([text]) => text).slice(0, 2)).toEqual(['234', '567']);
    expect(new Set(shown.map(([, , where]) => where))).toEqual(
      new Set(['total', 'parts', 'summary', 'amount']),
    );
  });

  it('knows nothing beyond its range, and says what was held at its end', async () => {
    const range = { from: BEGIN, to: BEGIN + 24 * HOUR };
    const record = await recordOf(marchEntries(), ['sg/main', 'th/main'], [HOURLY], range);
    const page = await opened(DESKTOP, await saved('half-open.html', record));
    expect(await seen(page.locator('.summary'))).toContain('at 2026-03-01 23:00. 24 snapshots. No gap.');
    await askFor(page, '2026-06-01T00:00');
    const holdings = await seen(page.locator('#holdings'));
    expect(holdings).toContain('Holdings at 2026-03-02 00:00');
    expect(holdings).toContain('Slot 2026-03-02T00:00:00Z');
    expect(holdings).not.toContain('2026-03-01T23:00:00Z');
  });

  it('says that it is thinned, and how many slots a gap stands for', async () => {
    const thinned = await recordOf(marchEntries(), undefined, undefined, undefined, 4 * HOUR);
    const page = await opened(DESKTOP, await saved('thinned.html', thinned));
    expect(await seen(page.locator('header'))).toContain(
      'each account shows only its first snapshot of every 4 h',
    );
    expect(await page.evaluate(LINE_PIXELS(0, 1))).toBeGreaterThan(1_000);
    expect(await seen(page.locator('.summary'))).toContain('187 snapshots shown. 7 expected slots without');
    await zoomInto(page, FAILED[0] ?? 0);
    // A day is in view, and the three failed hours begin in its middle.
    const [left, width] = await plotOnScreen(page);
    const [begin, end] = [left + (width * 12.3) / 24, left + (width * 14.7) / 24];
    expect(await page.evaluate(LINE_PIXELS(begin, end))).toBe(0);
    expect(await page.evaluate(LINE_PIXELS(left, begin))).toBeGreaterThan(50);
    await askFor(page, '2026-03-21T09:10');
    expect(await answer(page)).toContain('2026-03-21 08:00 to 10:00 · sg/main');
    expect(await answer(page)).toContain('3 slots: upbit.timeout');
    expect(await seen(page.locator('#completeness tbody tr', { hasText: 'sg/main' }))).toBe(
      'sg/main\t745\t738\t5\t2\t99.06 %',
    );
  });

  describe.each([
    ['a wide window', { viewport: { width: 1800, height: 900 } }],
    ['a narrow, dark window', { ...PHONE, colorScheme: 'dark' }],
  ] as const)('printed from %s', (_, options) => {
    // Sheets of several heights, A4 among them, so that the sections end at different places.
    it.each([1123, 980, 840, 770])('on a sheet 794 pixels wide and %i high', async (height) => {
      const page = await opened(options);
      const margin = { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' };
      const sheets = sheetsOf(
        await page.pdf({ width: '794px', height: `${height}px`, margin, outline: true, tagged: true }),
      );
      // The line, its marks and its legend: all of it on one sheet, and as wide as that.
      const lines = sheets.map(({ drawn }) => drawn.get(LINE) ?? []).filter((points) => points.length > 0);
      expect(lines.map((points) => points.length > 700)).toEqual([true]);
      const across = lines.flat().map(({ x }) => x / (sheets[0]?.width ?? 0));
      expect(Math.min(...across)).toBeLessThan(0.15);
      expect(Math.max(...across)).toBeGreaterThan(0.88);
      expect(Math.max(...across)).toBeLessThan(0.97);
      // No heading without what it is about.
      const sheetOf = (title: string) =>
        sheets.findIndex(({ headings }) => headings.some((heading) => heading.title.startsWith(title)));
      expect(sheetOf('Amounts over time')).toBe(sheets.findIndex(({ drawn }) => drawn.has(LINE)));
      expect(sheetOf('Holdings at')).toBe(sheetOf('All accounts'));
      const sealed = sheets[sheetOf('Seals')]?.lines.join('').replaceAll(' ', '');
      expect(sealed).toContain(`Root${SEALED_ROOT}`);
      for (const { headings } of sheets) for (const { y } of headings) expect(y).toBeGreaterThan(100);
      await page.locator('.u-over').waitFor();
      expect(await page.evaluate(CHART_WIDTH)).toBe(
        await page.evaluate("document.querySelector('#over-time .chart').clientWidth"),
      );
    });
  });

  it('prints the marks of the legend, which are backgrounds', async () => {
    const page = await opened();
    const exact = await page.locator('.key span').evaluateAll((nodes) => nodes.map((node) => node.className));
    expect(exact).toEqual(['key-total', 'key-available', 'key-failure', 'key-missing']);
    // In the chart, and in the legend only if it insists: printers leave backgrounds out.
    const marks = async (printBackground: boolean) =>
      sheetsOf(await page.pdf({ format: 'A4', printBackground }))[0]?.drawn.get(FAILURE);
    expect(await marks(false)).toEqual(await marks(true));
  });

  describe('with prices', () => {
    let priced: string;
    beforeAll(async () => {
      const record = await recordOf(marchEntries(), undefined, undefined, undefined, 0, marchSheets());
      priced = await saved('priced.html', record);
    });

    const worth = (page: Page) => seen(page.locator('#worth .answer'));
    const pick = (page: Page, label: string, value: string) =>
      page.locator('#worth').getByRole('combobox', { name: label }).selectOption(value);

    it('opens on what all accounts were worth together, stacked by currency', async () => {
      const page = await opened(DESKTOP, priced);
      expect(await page.locator('section').first().getAttribute('id')).toBe('worth');
      expect(await worth(page)).toMatch(/^2026-04-01 00:00 · All accounts\s+233677\.65 USDT\s+BTC 51\.2 %/);
      expect(await worth(page)).toContain(`lacks ${HOSTILE}, which had no price`);
      for (const colour of PARTS)
        expect(await page.evaluate(PIXELS('#worth', colour, 0, 1))).toBeGreaterThan(500);
      expect(await seen(page.locator('#worth .key'))).toMatch(/^BTC\s*ETH\s*THB\s*XRP/);
    });

    it('draws nothing where no prices were recorded, and where an account has no snapshot', async () => {
      const page = await opened(DESKTOP, priced);
      for (const [instant, hours] of [
        [UNPRICED[0] ?? 0, 6],
        [FAILED[0] ?? 0, 3],
      ] as const) {
        await page.locator('#worth').getByRole('button', { name: 'All', exact: true }).click();
        await zoomInto(page, instant, '#worth');
        // A day is in view, and the gap begins in its middle, one hour before its first slot.
        const [left, width] = await plotOnScreen(page, '#worth');
        const place = (hour: number) => left + (width * (12 + hour)) / 24;
        for (const colour of PARTS) {
          expect(await page.evaluate(PIXELS('#worth', colour, place(-0.6), place(hours - 0.4)))).toBe(0);
          expect(await page.evaluate(PIXELS('#worth', colour, left, place(-1.5)))).toBeGreaterThan(500);
        }
      }
    });

    it('tells a slot without prices from a slot without a snapshot, in words', async () => {
      const page = await opened(DESKTOP, priced);
      await askFor(page, '2026-03-06T03:10', '#worth');
      expect(await worth(page)).toMatch(/Worth unknown\s+No prices of sg were recorded for this slot\./);
      await askFor(page, '2026-03-21T09:10', '#worth');
      expect(await worth(page)).toMatch(/No sum\s+sg\/main: upbit\.timeout \(no answer within 5 s\)/);
      expect(await seen(page.locator('#worth .summary'))).toContain(
        '7 slots where an account has no snapshot, 6 slots without prices.',
      );
    });

    it('shows the chosen account, unit and currency, in the chart and in the table', async () => {
      const page = await opened(DESKTOP, priced);
      await pick(page, 'Account', 'sg/main');
      await pick(page, 'In', 'SGD');
      const row = page.locator('#worth-at tr', { hasText: 'ETH' });
      expect(await seen(row)).toBe('ETH\t150849.00\t68.0 %\t37\t4077\tSGD-ETH\t\t\t');
      await pick(page, 'Currency', 'ETH');
      expect(await worth(page)).toMatch(/150849\.00 SGD\s+37 ETH × 4077 \(SGD-ETH\)/);
      expect(await page.evaluate(PIXELS('#worth', PARTS[1], 0, 1))).toBe(0);
      await pick(page, 'Account', 'th/main');
      expect(await page.locator('#worth').getByRole('combobox', { name: 'Currency' }).inputValue()).toBe(
        'All currencies',
      );
    });

    it('shows every digit on request', async () => {
      const page = await opened(DESKTOP, priced);
      const digits = page.getByRole('button', { name: 'All digits' });
      const before = await seen(page.locator('#worth-at tr', { hasText: 'Sum' }));
      await digits.click();
      expect(await digits.getAttribute('aria-pressed')).toBe('true');
      const after = await seen(page.locator('#worth-at tr', { hasText: 'Sum' }));
      expect(after.trim().length).toBeGreaterThan(before.trim().length + 3);
      expect(after).toContain('233677.6');
      expect(await worth(page)).toMatch(/233677\.6\d{4,} USDT/);
    });

    it('tells both charts and both tables the same time', async () => {
      const page = await opened(DESKTOP, priced);
      await askFor(page, '2026-03-15T12:00', '#worth');
      expect(await seen(page.locator('#worth-title'))).toBe('Worth at 2026-03-15 12:00');
      expect(await seen(page.locator('#holdings-title'))).toBe('Holdings at 2026-03-15 12:00');
      expect(await seen(page.locator('#over-time .answer'))).toContain('2026-03-15 12:00');
      expect(await worth(page)).toContain('2026-03-15 12:00');
      await page.locator('#worth').getByRole('slider', { name: 'Slot' }).focus();
      await page.keyboard.press('ArrowLeft');
      expect(await seen(page.locator('#holdings-title'))).toBe('Holdings at 2026-03-15 11:00');
      expect(
        await page.locator('#worth').getByRole('slider', { name: 'Slot' }).getAttribute('aria-valuetext'),
      ).toMatch(/^2026-03-15 11:00: [\d.]+ USDT\. BTC/);
    });

    it('has the worth of each slot as a table', async () => {
      const page = await opened(DESKTOP, priced);
      await page.locator('#worth .rows summary').click();
      const rows = page.locator('#worth .rows tbody tr');
      await rows.first().waitFor();
      expect(await rows.count()).toBe(200);
      expect(await seen(rows.first())).toMatch(/^2026-04-01 00:00\t233677\.65\tBTC 51\.2 % · ETH/);
    });

    it('reaches every control with the keyboard alone', async () => {
      const page = await opened(DESKTOP, priced);
      const reached: unknown[] = [];
      for (let press = 0; press < 20; press += 1) {
        await page.keyboard.press('Tab');
        const name = await page.evaluate(
          '(({ tagName, type, textContent }) => type === "button" ? textContent : tagName + " " + (type ?? ""))(document.activeElement)',
        );
        // Each part of a time is reached by itself.
        if (name !== reached.at(-1) || name !== 'INPUT datetime-local') reached.push(name);
      }
      expect(reached.slice(0, 12)).toEqual([
        ...Array.from({ length: 3 }, () => 'SELECT select-one'),
        ...['24 h', '7 d', '30 d', 'All'],
        'INPUT range',
        'SUMMARY ',
        'INPUT datetime-local',
        'Latest',
        'All digits',
      ]);
    });

    it.each(['light', 'dark'] as const)('has no serious axe-core violation, in %s', async (colorScheme) => {
      const page = await opened({ ...DESKTOP, colorScheme }, priced);
      await page.locator('#worth .rows summary').click();
      expect(await seriousIn(page)).toEqual([]);
    });

    it('fits a phone', async () => {
      const page = await opened(PHONE, priced);
      await page.locator('#worth .rows summary').click();
      await page.getByRole('button', { name: 'All digits' }).click();
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    });

    it('has the worth at the end without scripts', async () => {
      if (running === undefined) throw new Error('no browser');
      const context = await running.browser.newContext({ javaScriptEnabled: false });
      const page = await context.newPage();
      open.push(page);
      await page.goto(priced);
      expect(await seen(page.locator('#worth-title'))).toBe('Worth at 2026-04-01 00:30');
      expect(await seen(page.locator('#worth-at tr', { hasText: 'Sum' }))).toContain('233677.65');
      expect(await page.locator('#worth noscript').isVisible()).toBe(true);
    });

    it('breaks no word above a column on paper', async () => {
      const page = await opened(DESKTOP, priced);
      await page.setViewportSize({ width: A4_LINE, height: 900 });
      await page.emulateMedia({ media: 'print' });
      const heads = (await page.evaluate(WORDS_OF_HEADS)) as [word: string, lines: number][];
      expect(heads.map(([word]) => word)).toContain('Share');
      expect(heads.filter(([, lines]) => lines !== 1)).toEqual([]);
    });

    it.each([1123, 840])('prints both charts whole, on sheets %i high', async (height) => {
      const page = await opened(DESKTOP, priced);
      const margin = { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' };
      const sheets = sheetsOf(
        await page.pdf({ width: '794px', height: `${height}px`, margin, outline: true, tagged: true }),
      );
      const areas = sheets.flatMap(({ drawn, width }) =>
        [...(drawn.get(PARTS[1]) ?? [])].map(({ x }) => x / width),
      );
      expect(sheets.filter(({ drawn }) => (drawn.get(PARTS[1]) ?? []).length > 700)).toHaveLength(1);
      expect(Math.max(...areas)).toBeGreaterThan(0.88);
      expect(Math.max(...areas)).toBeLessThan(0.97);
      const titles = sheets.flatMap(({ headings }) => headings.map(({ title }) => title));
      expect(titles).toEqual(expect.arrayContaining(['Worth', 'Amounts over time']));
      for (const { headings } of sheets) for (const { y } of headings) expect(y).toBeGreaterThan(100);
    });
  });

  async function askFor(page: Page, local: string, section = '#holdings'): Promise<void> {
    await page.locator(`${section} input[type="datetime-local"]`).fill(local);
  }

  /** Drags the pointer over the day around an instant. */
  async function zoomInto(page: Page, instant: number, section = '#over-time'): Promise<void> {
    const box = await page.locator(`${section} .u-over`).boundingBox();
    if (box === null) throw new Error('no plot');
    const month = 31 * 86_400_000;
    const place = (at: number) => box.x + (box.width * (at - Date.UTC(2026, 2, 1))) / month;
    await page.mouse.move(place(instant - 43_200_000), box.y + 20);
    await page.mouse.down();
    await page.mouse.move(place(instant + 43_200_000), box.y + 20, { steps: 3 });
    await page.mouse.up();
    await page.mouse.move(0, 0);
    await page.waitForTimeout(100);
  }

  /** The left edge and the width of the plot, as fractions of the canvas. */
  async function plotOnScreen(page: Page, section = '#over-time'): Promise<[left: number, width: number]> {
    return (await page.evaluate(
      `(() => { const o = document.querySelector("${section} .u-over"); const c = document.querySelector("${section} .chart canvas"); return [o.offsetLeft / c.offsetWidth, o.offsetWidth / c.offsetWidth] })()`,
    )) as [number, number];
  }

  /** The first run of failures in the canvas, as fractions of its width, slightly inside its edges. */
  async function holeOnScreen(page: Page): Promise<[number, number]> {
    const [from, to] = (await seen(page.locator('.summary'))).match(/2026-03-\d\d \d\d:\d\d/g) ?? [];
    const [begin, end] = [Date.parse(`${from}Z`), Date.parse(`${to}Z`)];
    const [left, width] = await plotOnScreen(page);
    const place = (at: number) => left + (width * (at - begin)) / (end - begin);
    const first = FAILED[0] ?? 0;
    return [place(first - 0.6 * 3_600_000), place(first + 2.6 * 3_600_000)];
  }
});
