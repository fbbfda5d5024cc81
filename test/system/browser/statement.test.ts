import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { line, snapshot } from '../../support/memory-ledger.ts';
import { demoLike, ledgerOf, NOW, SLOT } from '../../support/statement-ledger.ts';
import { typed } from '../../support/typed.ts';
import { startChromium } from './chromium.ts';
import { type Sheet, sheetsOf } from './pdf.ts';

const running = await startChromium();

/** A4 in points, and the margins of the style sheet. */
const A4 = { width: 594.96, height: 841.92 };
/** The pixels of a line of text on A4, between the margins of 15 mm. */
const LINE = Math.round(((210 - 30) / 25.4) * 96);

describe.skipIf(running === undefined)(
  'the statement in a browser (Linux x64, or an installed Chrome)',
  () => {
    let directory: string;
    const open: Page[] = [];
    /** Errors and warnings of the pages, and their requests beyond their own file. */
    const complaints: string[] = [];

    beforeAll(() => {
      directory = mkdtempSync(join(tmpdir(), 'statement-browser-'));
    });
    afterEach(async () => {
      await Promise.all(open.splice(0).map((page) => page.close()));
      expect(complaints.splice(0)).toEqual([]);
    });
    afterAll(async () => {
      await running?.close();
      rmSync(directory, { recursive: true, force: true });
    });

    /** Writes the statement of a ledger with the command, and opens it. */
    async function opened(ledger: Parameters<typeof typed>[1], width = 1000): Promise<Page> {
      if (running === undefined) throw new Error('no browser');
      const out = join(directory, 'statement.html');
      const words = ['report', '--local', '--at', '2026-10-31', '--out', out];
      expect((await typed(words, ledger, { now: NOW })).exitCode).toBe(0);
      const page = await running.browser.newPage({ locale: 'en-US', viewport: { width, height: 900 } });
      open.push(page);
      page.on('console', (message) => complaints.push(message.text()));
      page.on('request', (request) => {
        if (request.url() !== pathToFileURL(out).href) complaints.push(`request ${request.url()}`);
      });
      await page.goto(pathToFileURL(out).href);
      return page;
    }

    async function printed(page: Page): Promise<Sheet[]> {
      return sheetsOf(await page.pdf({ preferCSSPageSize: true, outline: true, tagged: true }));
    }

    it.each([
      [3, 4],
      [36, 30],
    ])(
      'prints %i accounts on A4: each sheet has its number, and says what it is of',
      async (accounts, most) => {
        const sheets = await printed(await opened(demoLike(accounts)));
        expect(sheets.length).toBeGreaterThan(1);
        expect(sheets.length).toBeLessThanOrEqual(most);
        for (const [index, { width, height, lines }] of sheets.entries()) {
          expect(width).toBeCloseTo(A4.width, 0);
          expect(height).toBeCloseTo(A4.height, 0);
          const margin = lines[0];
          expect(margin).toContain(`${index + 1} / ${sheets.length}`);
          expect(margin).toContain('SIMULATED · Statement of balances 2026-10-31T00:00:00Z');
        }
      },
    );

    it('repeats the head of a table on each sheet, splits no row, and leaves no heading alone', async () => {
      const sheets = await printed(await opened(demoLike(36)));
      const continued = sheets.filter(
        ({ lines }) => lines[1] === 'CurrencyAvailableLockedTotalWorth in USDT, and the price',
      );
      expect(continued.length).toBeGreaterThan(5);
      for (const { lines, headings } of sheets) {
        // The second line of a row is its price, or the end of a long way to it.
        expect(lines.slice(1, 3).join('\n')).not.toMatch(/^(?:price|no price|[A-Z]+-[A-Z]+$)/m);
        for (const { y } of headings) expect(y).toBeGreaterThan(130);
      }
    });

    it('cuts off no amount on paper, however many digits it has', async () => {
      const amounts = [
        line('HUGE', `999${'0'.repeat(120)}`),
        line('TINY', `0.${'0'.repeat(120)}7`),
        line('W'.repeat(64), '1'),
      ];
      const page = await opened(ledgerOf([snapshot('sg/main', SLOT, amounts)]), LINE);
      await page.emulateMedia({ media: 'print' });
      expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(LINE);
    });

    it.each([1000, 360])(
      'has no axe-core violation, and does not scroll sideways, %i pixels wide',
      async (width) => {
        const page = await opened(demoLike(3), width);
        await page.evaluate(axe.source);
        const { violations } = (await page.evaluate('axe.run()')) as {
          violations: { id: string; nodes: { html: string }[] }[];
        };
        expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
        expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width);
      },
    );

    it('is black on white, also for a reader who prefers dark', async () => {
      const page = await opened(demoLike(3));
      await page.emulateMedia({ colorScheme: 'dark' });
      expect(
        await page.evaluate(
          '[getComputedStyle(document.body).color, getComputedStyle(document.body).backgroundColor]',
        ),
      ).toEqual(['rgb(0, 0, 0)', 'rgb(255, 255, 255)']);
    });
  },
);
