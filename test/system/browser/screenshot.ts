import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startChromium } from './chromium.ts';

// The pictures in docs/: node --import tsx test/system/browser/screenshot.ts REPORT.html PICTURE.png [light|dark|phone] [full]

const [report, picture, scheme = 'light', part] = process.argv.slice(2);
if (
  report === undefined ||
  picture === undefined ||
  !(scheme === 'light' || scheme === 'dark' || scheme === 'phone')
) {
  throw new Error('usage: screenshot.ts REPORT.html PICTURE.png [light|dark|phone]');
}
const running = await startChromium();
if (running === undefined) throw new Error('there is no browser here');
const page = await running.browser.newPage({
  locale: 'en-US',
  ...(scheme === 'phone'
    ? { viewport: { width: 360, height: 1300 }, deviceScaleFactor: 2, isMobile: true, hasTouch: true }
    : { viewport: { width: 1200, height: 900 }, colorScheme: scheme }),
});
await page.goto(pathToFileURL(resolve(report)).href);
await page.locator('.chart canvas').first().waitFor();
await page.evaluate('new Promise((done) => requestAnimationFrame(() => setTimeout(done)))');
await page.screenshot({ path: picture, fullPage: part === 'full' });
await running.close();
