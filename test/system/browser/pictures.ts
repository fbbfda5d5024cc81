import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContextOptions, Page } from 'playwright-core';
import { LOCAL_TABLE, localDirectory } from '../../../cli/ledger/local-ledger.ts';
import { startDemo } from '../../../infra/local/demo.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { ROOT } from '../../support/checkout.ts';
import { demoPictures } from '../../support/demo-pictures.ts';
import { FLEET_NOW, fleetLedger } from '../../support/fleet-ledger.ts';
import { time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';
import { startChromium } from './chromium.ts';
import { sheetsOf } from './pdf.ts';

// Draws the pictures in docs/: npm run pictures

/** As in docs/examples.md. */
const NOW = time('2026-10-30T12:30:00Z');
/** A4 in CSS pixels; what is inside its margins is drawn as on paper. */
const PAPER = { width: 794, height: 1123 };
const MARGINS = 'html { padding: 57px !important; box-sizing: border-box; background: #fff }';
const DESK: BrowserContextOptions = { viewport: { width: 1200, height: 900 } };
const PHONE: BrowserContextOptions = {
  viewport: { width: 360, height: 1060 },
  deviceScaleFactor: 1.5,
  isMobile: true,
  hasTouch: true,
};

const found = await startChromium();
if (found === undefined) throw new Error('there is no browser here');
const running = found;
const root = mkdtempSync(join(tmpdir(), 'pictures-'));

type World = Parameters<typeof typed>[2] & { readonly window: BrowserContextOptions };

/** Writes a page with the command, and opens it. */
async function opened(command: string, ledger: LedgerReader, its: World): Promise<Page> {
  const out = join(root, 'page.html');
  rmSync(out, { force: true });
  const { exitCode, stderrText } = await typed([...command.split(' '), '--out', out], ledger, its);
  if (exitCode !== 0) throw new Error(stderrText);
  const page = await running.browser.newPage({
    locale: 'en-US',
    colorScheme: 'light',
    // The pages allow no style but their own.
    bypassCSP: true,
    ...its.window,
  });
  await page.goto(pathToFileURL(out).href);
  if (!command.includes('--at')) {
    await page.locator('.chart canvas').first().waitFor();
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
  }
  return page;
}

/** Shows a page as its first sheet of paper. */
async function onPaper(page: Page): Promise<void> {
  await page.setViewportSize(PAPER);
  await page.emulateMedia({ media: 'print' });
  await page.addStyleTag({ content: MARGINS });
}

async function drawn(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(ROOT, 'docs', name) });
  await page.close();
}

const label = 'the demo ledger';

try {
  const demo = await startDemo({
    directory: localDirectory(root, 'demo'),
    tableName: LOCAL_TABLE,
    now: NOW,
    onProgress: () => undefined,
  });
  const { reader, stored } = demo;
  for (const [path, picture] of await demoPictures(reader, stored, NOW))
    writeFileSync(join(ROOT, path), picture);
  const world = { now: NOW, stored, label };
  await drawn(await opened('report --local', reader, { ...world, window: DESK }), 'report-30-days.png');
  await drawn(await opened('report --local', reader, { ...world, window: PHONE }), 'report-phone.png');
  const statement = await opened('report --local --at 2026-10-30', reader, { ...world, window: DESK });
  await onPaper(statement);
  await drawn(statement, 'statement.png');
  await demo.close();

  const year = await opened('report --local', fleetLedger(3, 365), {
    now: FLEET_NOW,
    label,
    window: { ...DESK, colorScheme: 'dark' },
  });
  await drawn(year, 'report-year.png');

  const fleet = await opened('report --local', fleetLedger(36, 30), { now: FLEET_NOW, label, window: DESK });
  const sheets = sheetsOf(await fleet.pdf({ preferCSSPageSize: true, outline: true, tagged: true }));
  console.log(`the report of 36 accounts has ${sheets.length} sheets of paper`);
  await fleet.screenshot({ path: join(ROOT, 'docs', 'report-36-accounts.png') });
  await onPaper(fleet);
  await drawn(fleet, 'report-36-accounts-printed.png');
} finally {
  await running.close();
  rmSync(root, { recursive: true, force: true });
}
