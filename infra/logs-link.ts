import { Stack } from 'aws-cdk-lib';
import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';

/**
 * A link to CloudWatch Logs Insights with a query filled in, over the last day: a reader of the mail needs no checkout
 * and no command. Only `$`, `*`, letters and digits are in its query, so that no mail program ends it too early.
 *
 * AWS documents no such link; this is the form that its console writes into the address bar, and has since 2020. If it
 * changes, the console opens without the query.
 *
 * @param query in the language of Logs Insights.
 */
export function logsLink(scope: Construct, logGroup: ILogGroup, query: string): string {
  const { region } = Stack.of(scope);
  const detail = [
    ...['end', '0', 'start', '-86400', 'timeType', text('RELATIVE'), 'unit', text('seconds')],
    ...['editorString', text(starred(query)), 'source'],
  ];
  // The name of a group that CloudFormation names has nothing in it to escape.
  const value = `~(${detail.join('~')}~(~${text(logGroup.logGroupName)}))`;
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:logs-insights$3FqueryDetail$3D${twiceEscaped(value)}`;
}

function text(value: string): string {
  return `'${value}`;
}

/** Everything but letters and digits as `*` and two hex digits of its UTF-8 bytes. */
function starred(value: string): string {
  return [...Buffer.from(value)]
    .map((byte) => String.fromCharCode(byte))
    .map((character) =>
      /[A-Za-z0-9]/.test(character) ? character : `*${character.charCodeAt(0).toString(16).padStart(2, '0')}`,
    )
    .join('');
}

/** Escaped twice, with `$` in place of the outer `%`. A token of the CDK is left as it is: it has none of these characters. */
function twiceEscaped(value: string): string {
  return value.replace(/[~()']/g, (character) => `$25${character.charCodeAt(0).toString(16).toUpperCase()}`);
}
