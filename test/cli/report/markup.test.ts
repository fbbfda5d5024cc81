import { describe, expect, it } from 'vitest';
import { element, toHtml } from '../../../cli/report/markup.ts';

describe('the HTML of the page', () => {
  it('escapes text and attributes', () => {
    expect(toHtml(element('p', { title: `"'<>&`, hidden: true, lang: undefined }, `"'<>&\u2028`))).toBe(
      '<p title="&#34;&#39;&#60;&#62;&#38;" hidden>&#34;&#39;&#60;&#62;&#38;&#8232;</p>',
    );
  });
});
