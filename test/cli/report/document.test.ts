import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { reportDocument } from '../../../cli/report/document.ts';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { textIn } from '../../support/page-text.ts';
import { DATA, HOSTILE, inlined, MARCH_SEALS, marchEntries, recordOf } from '../../support/report-record.ts';

const march = await recordOf(marchEntries());

const sha256 = (text: string) => createHash('sha256').update(text).digest('base64');

describe('the page', () => {
  it('allows only its own script and style', async () => {
    const html = await reportDocument(march, MARCH_SEALS);
    const policy = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1];
    expect(policy?.split('; ')).toEqual([
      "default-src 'none'",
      `script-src 'sha256-${sha256(inlined(html, '<script>'))}'`,
      `style-src 'sha256-${sha256(inlined(html, '<style>'))}'`,
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
    const markup = html.replace(inlined(html, '<script>'), '').replace(inlined(html, '<style>'), '');
    expect(markup).not.toMatch(/ (?:src|href|style|on\w+)="/);
    expect(markup).not.toContain('http:');
  });

  it('shows a hostile currency as text', async () => {
    const html = await reportDocument(march, MARCH_SEALS);
    expect(html).not.toContain(HOSTILE);
    expect(html).toContain('&#60;img src=x onerror=alert(1)&#62;');
  });

  it('says SIMULATED only if the data is simulated', async () => {
    const real = { ...march, simulated: false, label: 'the real ledger' };
    const visible = (html: string) =>
      html.replace(inlined(html, '<script>'), '').replace(inlined(html, DATA), '');
    expect(visible(await reportDocument(march, MARCH_SEALS)).match(/SIMULATED/g)).toHaveLength(2);
    expect(visible(await reportDocument(real, MARCH_SEALS))).not.toContain('SIMULATED');
  });

  it('lists every gap with its reason, the meaning and the remedy', async () => {
    const html = await reportDocument(march, MARCH_SEALS);
    expect(html).toContain('sg/main: 7 slots without a snapshot');
    expect(html).toContain('2026-03-11 00:00 to 01:00');
    expect(html).toContain('2026-03-21 08:00 to 10:00');
    expect(html).toContain(FAILURES['upbit.timeout'].remedy.replaceAll("'", '&#39;'));
    expect(html).toContain(
      '1,483 of 1,490 expected snapshots recorded (99.53 %); 7 missing, explained below.',
    );
  });

  it('tells which days are sealed, where it tells how complete it is', async () => {
    const html = await reportDocument(march, MARCH_SEALS);
    const [, part = ''] = /<div class="seals">(.*?)<\/section>/s.exec(html) ?? [];
    const text = textIn(part);
    expect(html.indexOf('>Seals<')).toBeGreaterThan(html.indexOf('>Completeness<'));
    expect(text).toContain('29 of 32 days of this range are sealed.');
    expect(text).toContain(`balances verify --local --expect ${MARCH_SEALS.days.newest?.root}`);
    expect(inlined(html, DATA)).not.toContain(String(MARCH_SEALS.days.newest?.root));
  });
});
