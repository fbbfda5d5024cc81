import { formatSecond } from '../../../lambda/core/instant.ts';
import { printableText } from '../../print/printable.ts';
import { shellWord } from '../../print/shell-word.ts';
import { element, type Markup } from '../markup.ts';
import { SEAL_MEANING } from '../seals.ts';
import { sealTable } from './seal-table.ts';
import type { Statement } from './statement.ts';

/** How a reader who has the ledger checks the figures, and what they prove. */
export function checking(statement: Statement): Markup {
  const { at, unit, options, worths, simulated } = statement;
  const selection = [...options.ledger, ...options.part];
  const time = formatSecond(at);
  const [first] = worths;
  return element(
    'section',
    {},
    element('h2', {}, 'How to check it'),
    element(
      'p',
      {},
      'These commands print the same figures from the same ledger at any later time. What is stored for a slot is final a few minutes after it.',
    ),
    commands(['at', time, ...selection], ['worth', '--at', time, '--in', unit, ...selection]),
    element(
      'p',
      {},
      `${simulated ? 'In a real ledger, each' : 'Each'} amount is what Upbit’s own API answered for that account, over an encrypted connection, at the time observed. Upbit signs nothing: this is the ledger’s record of the answer, not a document from Upbit.`,
    ),
    element('h3', {}, 'The seal'),
    element('p', {}, SEAL_MEANING),
    ...sealTable(statement),
    ...(first === undefined
      ? []
      : [
          element(
            'p',
            {},
            'This command writes the evidence for one account into a folder, with the steps that check it:',
          ),
          commands(['prove', time, ...options.ledger, '--account', first.account, '--out', 'evidence']),
        ]),
  );
}

function commands(...lines: readonly (readonly string[])[]): Markup {
  const text = lines.map((words) => ['balances', ...words].map(shellWord).join(' ')).join('\n');
  return element('pre', {}, element('code', {}, printableText(text)));
}
