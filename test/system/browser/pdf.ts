import { inflateSync } from 'node:zlib';

/** One sheet of a PDF that Chromium printed, in points from its lower left corner. */
export interface Sheet {
  readonly width: number;
  readonly height: number;
  /** Everything drawn or filled in one colour, by colour, such as `#0b6b5d`: the points of its paths. */
  readonly drawn: ReadonlyMap<string, readonly Point[]>;
  readonly headings: readonly { readonly title: string; readonly y: number }[];
  /** Its text in the order in which it is written, first that of the margins: a line for each place further up or down. */
  readonly lines: readonly string[];
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** a b c d e f: x′ = a·x + c·y + e, y′ = b·x + d·y + f. */
type Matrix = readonly [number, number, number, number, number, number];

/**
 * Reads what Skia writes, and nothing else: plain objects, no object streams. The headings come from the outline, so print
 * with `outline: true`.
 */
export function sheetsOf(pdf: Buffer): Sheet[] {
  const text = pdf.toString('latin1');
  const objects = new Map(
    [...text.matchAll(/(?:^|\n)(\d+) 0 obj\n([\s\S]*?)\nendobj/g)].map(([, id = '', body = '']) => [
      id,
      body,
    ]),
  );
  return [...objects].flatMap(([id, body]) => {
    const [, width, height] = /\/Type \/Page\n[\s\S]*\/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]/.exec(body) ?? [];
    const [, contents = ''] = /\/Contents (\d+) 0 R/.exec(body) ?? [];
    if (width === undefined || height === undefined) return [];
    const dest = new RegExp(`/Title \\((.*?)\\)\\n/Dest \\[${id} 0 R /XYZ [\\d.]+ ([\\d.]+) 0\\]`, 'g');
    const headings = [...text.matchAll(dest)].map(([, title = '', y]) => ({ title, y: Number(y) }));
    const content = inflated(objects.get(contents) ?? '');
    const fonts = new Map(
      [...body.matchAll(/\/(F\d+) (\d+) 0 R/g)].map(([, name = '', font = '']) => {
        const [, map = ''] = /\/ToUnicode (\d+) 0 R/.exec(objects.get(font) ?? '') ?? [];
        return [name, glyphsOf(inflated(objects.get(map) ?? ''))];
      }),
    );
    const lines = linesIn(content, fonts);
    return [{ width: Number(width), height: Number(height), drawn: drawnIn(content), headings, lines }];
  });
}

/** The characters of a font, by glyph. */
type Glyphs = ReadonlyMap<number, string>;

function glyphsOf(map: string): Glyphs {
  const glyphs = new Map<number, string>();
  for (const [, block = ''] of map.matchAll(/beginbf(?:char|range)\n([\s\S]*?)\nendbf/g)) {
    for (const line of block.split('\n')) {
      const codes = [...line.matchAll(/<([0-9A-F]+)>/g)].map(([, hex = '']) => hex);
      const [first = '', last = first, text = ''] =
        codes.length === 2 ? [codes[0], codes[0], codes[1]] : codes;
      const [begin, end] = [Number.parseInt(first, 16), Number.parseInt(last, 16)];
      // A ligature has several characters, and is never in a range.
      const units = text.match(/.{4}/g)?.map((unit) => Number.parseInt(unit, 16)) ?? [];
      for (let glyph = begin; glyph <= end; glyph += 1)
        glyphs.set(glyph, String.fromCharCode(...units.map((unit) => unit + glyph - begin)));
    }
  }
  return glyphs;
}

function linesIn(content: string, fonts: ReadonlyMap<string, Glyphs>): string[] {
  const lines: string[] = [];
  let glyphs: Glyphs = new Map();
  let at: string | undefined;
  for (const [, font, y, hex = ''] of content.matchAll(/\/(F\d+) \S+ Tf|(\S+) Tm|<([0-9A-F]+)> Tj/g)) {
    if (font !== undefined) glyphs = fonts.get(font) ?? new Map();
    else if (y === undefined) {
      const codes = hex.match(/.{4}/g) ?? [];
      const shown = codes.map((code) => glyphs.get(Number.parseInt(code, 16)) ?? '\uFFFD');
      lines.push((lines.pop() ?? '') + shown.join(''));
    } else if (y !== at) {
      at = y;
      lines.push('');
    }
  }
  return lines;
}

function inflated(object: string): string {
  const begin = object.indexOf('stream\n') + 'stream\n'.length;
  return inflateSync(Buffer.from(object.slice(begin), 'latin1')).toString('latin1');
}

function drawnIn(content: string): Map<string, Point[]> {
  const drawn = new Map<string, Point[]>();
  const stack: { matrix: Matrix; stroke: string; fill: string }[] = [];
  let state = { matrix: [1, 0, 0, 1, 0, 0] as Matrix, stroke: '#000000', fill: '#000000' };
  let path: Point[] = [];
  const add = (x = 0, y = 0) => path.push(moved(state.matrix, x, y));
  const paint = (colour: string) => {
    drawn.set(colour, [...(drawn.get(colour) ?? []), ...path]);
    path = [];
  };
  const stroke = () => paint(state.stroke);
  const fill = () => paint(state.fill);
  const operators: Readonly<Record<string, (...numbers: number[]) => unknown>> = {
    q: () => stack.push(state),
    Q: () => {
      state = stack.pop() ?? state;
    },
    cm: (a = 0, b = 0, c = 0, d = 0, e = 0, f = 0) => {
      state = { ...state, matrix: product([a, b, c, d, e, f], state.matrix) };
    },
    RG: (...colour) => {
      state = { ...state, stroke: hex(...colour) };
    },
    rg: (...colour) => {
      state = { ...state, fill: hex(...colour) };
    },
    m: add,
    l: add,
    re: (x = 0, y = 0, width = 0, height = 0) => [add(x, y), add(x + width, y + height)],
    S: stroke,
    s: stroke,
    f: fill,
    'f*': fill,
    n: () => {
      path = [];
    },
  };
  let numbers: number[] = [];
  // Strings and arrays of text have no paths.
  for (const word of content.replace(/<[^>]*>|\[[^\]]*\]|\([^)]*\)/g, ' ').split(/\s+/)) {
    if (/^[-+.\d]/.test(word)) {
      numbers.push(Number(word));
      continue;
    }
    operators[word]?.(...numbers);
    numbers = [];
  }
  return drawn;
}

function product([a, b, c, d, e, f]: Matrix, [g, h, i, j, k, l]: Matrix): Matrix {
  return [a * g + b * i, a * h + b * j, c * g + d * i, c * h + d * j, e * g + f * i + k, e * h + f * j + l];
}

function moved([a, b, c, d, e, f]: Matrix, x: number, y: number): Point {
  return { x: a * x + c * y + e, y: b * x + d * y + f };
}

function hex(...parts: number[]): string {
  return `#${parts
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
