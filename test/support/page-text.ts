/** The text of HTML without its tags, with the five signs that `toHtml` escapes unescaped. */
export function textIn(html: string): string {
  return html
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)));
}

/** The text of each cell of the rows of a part of a page. */
export function cellsIn(html: string): string[][] {
  return [...html.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = '']) =>
    [...row.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell = '']) =>
      textIn(cell.replaceAll('<small>', ' | ')),
    ),
  );
}

/** The part of a page from a heading up to the next one of its level or above. */
export function under(html: string, heading: string): string {
  const begin = new RegExp(`<h([1-6])[^>]*>${heading}</h`).exec(html);
  if (begin === null) throw new RangeError(`no heading ${heading}`);
  const rest = html.slice(begin.index + 1);
  const end = rest.search(new RegExp(`<h[1-${begin[1]}]`));
  return end === -1 ? rest : rest.slice(0, end);
}
