import { createHash } from 'node:crypto';
import { element, type Markup, toHtml } from './markup.ts';

/**
 * One static HTML file for paper, without a script; its policy allows its own style and nothing else.
 *
 * @param beginning the first line of the file.
 */
export function staticPage(beginning: string, title: string, style: string, body: readonly Markup[]): string {
  const hash = createHash('sha256').update(style).digest('base64');
  const policy = `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'`;
  return `${beginning}<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="only light">
<meta name="referrer" content="no-referrer">
${toHtml(element('title', {}, title))}
<style>${style}</style>
</head>
<body>
${body.map(toHtml).join('\n')}
</body>
</html>
`;
}
