import type { Command } from 'commander';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { findSecret, type SecretOptions } from '../keys/which-secret.ts';
import { withFormatOption } from '../ledger/options.ts';
import type { Io } from '../ledger/session.ts';
import { type Format, printRows } from '../print/format.ts';
import { note } from '../print/notes.ts';
import { printable } from '../print/printable.ts';
import type { CommandContext } from './add-command.ts';
import { withSecretOptions } from './keys-options.ts';

/** The options of `keys list`. */
interface ListOptions extends SecretOptions {
  readonly format: Format;
}

/** Adds `list` to the command `keys`. */
export function addKeysList(keys: Command, { io, finish }: CommandContext): void {
  withFormatOption(withSecretOptions(keys.command('list')))
    .description(
      'the accounts in the secret, when their keys expire, and what is wrong with them; no key is shown',
    )
    .addHelpText('after', '\nExample: balances keys list --format json')
    .action((options: ListOptions) => finish(listKeys(options, io)));
}

/** `balances keys list`: one row an account, by its name; stderr says what is wrong in words. */
async function listKeys(options: ListOptions, io: Io): Promise<number> {
  const which = findSecret(options, io.environment, io.root);
  const [{ withSecret }, { KEY_COLUMNS, keyRow, keyTable }] = await Promise.all([
    import('../keys/open-secret.ts'),
    import('../keys/key-rows.ts'),
  ]);
  const keys = await withSecret(which, io.environment, (secret) => secret.keys());
  const entries = [...keys.accounts].sort(([a], [b]) => byCodeOrder(a, b));
  const now = io.now();
  const rows = entries.map(([account, entry]) => keyRow(account, entry, now));
  await printRows(
    options.format,
    { columns: KEY_COLUMNS, rows: () => rows, table: (width) => keyTable(rows, width) },
    io,
  );
  for (const [account, entry] of entries)
    if ('code' in entry) io.stderr.write(note(account, [`${entry.code}, ${entry.detail}`]));
  const others = [...[...keys.regions.values()].map(({ detail }) => detail), ...keys.remarks];
  for (const remark of others) io.stderr.write(`${printable(remark)}\n`);
  if (entries.length + others.length === 0)
    io.stderr.write('the secret has no keys yet: add one with balances keys set NAME\n');
  return 0;
}
