import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { configurationTable } from '../../infra/config.ts';
import { silenceOfTwoSlots } from '../../infra/silence.ts';
import { parseBalances } from '../../lambda/core/balances.ts';
import { FAILURES } from '../../lambda/core/failures.ts';
import { HOUR, MINUTE } from '../../lambda/core/instant.ts';
import { encodeItem } from '../../lambda/core/item.ts';
import { ALL_CADENCES, must } from '../support/arbitraries.ts';
import { ROOT, sources } from '../support/checkout.ts';
import { SLOT } from '../support/memory-parts.ts';
import { deployedText, synthesize } from '../support/synthesized.ts';

const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** The body rows of the first Markdown table after a line. */
function tableAfter(text: string, line: string): string[][] {
  const after = text.slice(text.indexOf(line) + line.length).split('\n');
  const begin = after.findIndex((row) => row.startsWith('|---'));
  const rows = after.slice(begin + 1);
  return rows
    .slice(
      0,
      rows.findIndex((row) => !row.startsWith('|')),
    )
    .map((row) =>
      row
        .split('|')
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );
}

/** The text under each Markdown heading, with white space collapsed, by the heading's anchor on GitHub. */
function entries(text: string): Map<string, { readonly heading: string; readonly text: string }> {
  // In a code block, a line that begins with # is a comment.
  const [, ...sections] = text.replace(/^```.*?^```$/gms, '').split(/^#+ /m);
  return new Map(
    sections.map((section) => {
      const [heading = '', ...lines] = section.split('\n');
      const anchor = heading
        .toLowerCase()
        .replace(/[^\w -]/g, '')
        .replaceAll(' ', '-');
      return [anchor, { heading, text: lines.join(' ').replace(/\s+/g, ' ') }];
    }),
  );
}

const common = {
  account: 'sg/main',
  slot: SLOT,
  observedAt: SLOT,
  manual: true,
  writer: 'test',
  keyId: '01234567',
} as const;
const line = { balance: '1', locked: '1', avg_buy_price: '1', avg_buy_price_modified: true };
const balances = must(
  parseBalances([
    { ...line, currency: 'A', unit_currency: 'SGD' },
    { ...line, currency: 'B', unit_currency: 'USDT' },
  ]),
);

/** All attributes that an item can have. */
const ATTRIBUTES = new Set([
  ...Object.keys(encodeItem({ ...common, ...balances, serverDate: SLOT, unknownFields: ['x'] })),
  ...Object.keys(
    encodeItem({ ...common, failure: 'late', detail: '', attempts: 0, answer: { text: '[', isCut: true } }),
  ),
]);

describe('the README', () => {
  it('has exactly the configuration keys of the code, with their defaults and allowed values', () => {
    const rows = tableAfter(read('README.md'), '## Configuration');
    expect(rows.map(([key, fallback, allowed]) => ({ key, fallback, allowed }))).toEqual(
      configurationTable().map(({ key, fallback, allowed }) => ({
        key: `\`${key}\``,
        fallback: fallback === 'none' ? 'none' : `\`${fallback}\``,
        allowed,
      })),
    );
  });

  it('names every attribute that an item can have', () => {
    const text = read('README.md');
    for (const attribute of ATTRIBUTES) expect(text).toContain(`\`${attribute}\``);
  });
});

describe('the runbook', () => {
  const runbook = read('docs/runbook.md');
  const found = entries(runbook);
  const between = (from: string, to: string) =>
    [...entries(runbook.slice(runbook.indexOf(`## ${from}\n`), runbook.indexOf(`## ${to}\n`))).values()]
      .map(({ heading }) => heading)
      .slice(1);
  const alarms = synthesize({ egress: 'nat-instance' })[0]
    .all('AWS::CloudWatch::Alarm')
    .map(({ properties }) => properties);

  it('has an entry for every alarm of the stack, and no other', () => {
    expect(between('Alarms', 'Codes').sort()).toEqual(
      alarms.map(({ AlarmName: name }) => String(name).replace(/^stack-0-/, '')).sort(),
    );
  });

  it('has the entry that each alarm description links to', () => {
    for (const { AlarmDescription: description } of alarms) {
      const [, anchor = ''] = /docs\/runbook\.md#(\S+)$/.exec(deployedText(description)) ?? [];
      expect([...found.keys()]).toContain(anchor);
    }
  });

  it('has an entry for every failure code, in the words of the code, and no others', () => {
    expect(between('Codes', 'Gaps without a record')).toEqual(Object.keys(FAILURES));
    for (const [code, { happened, remedy }] of Object.entries(FAILURES)) {
      const text = found.get(code.replace('.', '').toLowerCase())?.text;
      expect(text, code).toContain(`${happened} - **Costs.**`);
      expect(text, code).toContain(`- **Do.** ${remedy}`);
    }
  });

  it('says in every entry what it costs, how to see it, what to do and when it is over', () => {
    const headings = [...alarms.map(({ AlarmName: name }) => String(name).replace(/^stack-0-/, ''))];
    for (const heading of [...headings, ...Object.keys(FAILURES), 'missing', 'scheduleChanged']) {
      const text = [...found.values()].find((entry) => entry.heading === heading)?.text;
      expect(text, heading).toMatch(
        /^ \S.+- \*\*Costs\.\*\* .+- \*\*See\.\*\* .+- \*\*Do\.\*\* .+- \*\*Over\.\*\* ./,
      );
    }
  });

  it('states how long without a run raises the alarm, for each cadence', () => {
    const hours = (ms: number) => {
      const [whole, minutes] = [Math.floor(ms / HOUR), (ms % HOUR) / MINUTE];
      return [...(whole > 0 ? [`${whole} h`] : []), ...(minutes > 0 ? [`${minutes} min`] : [])].join(' ');
    };
    expect(tableAfter(runbook, 'CloudWatch raises the alarm when')).toEqual(
      ALL_CADENCES.map((every) => {
        const { period, periods } = silenceOfTwoSlots(every);
        return [every, hours(period * periods)];
      }),
    );
  });
});

describe('a link in the documents', () => {
  const documents = [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    ...readdirSync(join(ROOT, 'docs'))
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ];

  const targets = documents.flatMap((document) =>
    [...read(document).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = '']) => link)
      .filter((link) => !/^https?:/.test(link))
      .map((link) => {
        const [file = '', anchor] = link.split('#');
        return { document, link, path: file === '' ? document : join(dirname(document), file), anchor };
      }),
  );

  it.each(targets)('leads to an existing file: $link in $document', ({ path }) => {
    expect(existsSync(join(ROOT, path))).toBe(true);
  });

  it.each(targets.filter(({ anchor }) => anchor !== undefined))(
    'leads to an existing heading: $link in $document',
    ({ path, anchor }) => {
      expect([...entries(read(path)).keys()]).toContain(anchor);
    },
  );
});

describe('a file that a documented command writes into the checkout', () => {
  const documented = ['cli/program.ts', ...sources('cli/commands'), 'README.md', 'docs/operations.md']
    .map(read)
    .join('\n');
  const written = [...documented.matchAll(/(?:--out| >) ([a-z][\w-]*)\.(\w+)/g)];

  it('is ignored by git, and so by the linter', () => {
    expect(written.map(([, name]) => name).sort()).toEqual(['history', 'report', 'statement']);
    for (const [, , ending] of written) expect(read('.gitignore').split('\n')).toContain(`/*.${ending}`);
  });
});

describe('the procedures in operations.md', () => {
  const operations = read('docs/operations.md');
  const procedures = [...entries(operations).values()].slice(1);

  it.each(procedures)('say what was tried and what was not: $heading', ({ text }) => {
    expect(text).toMatch(/ Tried: .+ Not tried: [^ ].*\.\s*$/);
  });

  it('name tests that exist', () => {
    const tests = [...operations.matchAll(/\btest\/[\w./-]*\w/g)].map(([path]) => path);
    expect(tests.length).toBeGreaterThan(procedures.length);
    for (const path of tests) expect(existsSync(join(ROOT, path)), path).toBe(true);
  });
});
