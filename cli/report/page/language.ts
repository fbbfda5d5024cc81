/*
 * Imported before the chart, which passes the browser's language to Intl as it loads. In containers that is often not
 * a language tag (`en-US@posix`): Intl throws, and nothing on the page would work.
 */
if (!isTag(navigator.language)) {
  Object.defineProperty(navigator, 'language', { value: 'en', configurable: true });
}

function isTag(language: string): boolean {
  try {
    return Intl.getCanonicalLocales(language).length === 1;
  } catch {
    return false;
  }
}
