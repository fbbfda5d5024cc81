import type { Command } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { findSecret } from '../keys/which-secret.ts';
import type { Io } from '../ledger/session.ts';
import { note } from '../print/notes.ts';
import type { CommandContext } from './add-command.ts';
import { type ChangeOptions, isAgreed, withOneAccount } from './keys-options.ts';

/** Adds `remove` to the command `keys`. */
export function addKeysRemove(keys: Command, { io, finish }: CommandContext): void {
  withOneAccount(keys.command('remove'))
    .description('remove the key of one account from the secret; every other entry stays as it is')
    .addHelpText('after', '\nExample: balances keys remove sg/old --yes')
    .action((name: AccountName, options: ChangeOptions) => finish(removeKey(name, options, io)));
}

/**
 * `balances keys remove NAME`: says what will change, and removes this entry of the secret, if the secret is still the version
 * that was read.
 */
async function removeKey(account: AccountName, options: ChangeOptions, io: Io): Promise<number> {
  const which = findSecret(options, io.environment, io.root);
  const [{ Terminal }, { withSecret }, { withoutKey }, { removalWords }] = await Promise.all([
    import('../keys/terminal.ts'),
    import('../keys/open-secret.ts'),
    import('../keys/secret-text.ts'),
    import('../keys/change.ts'),
  ]);
  const input = io.stdin?.();
  const terminal = input?.isTTY === true ? new Terminal(input, io.stderr) : undefined;
  return await withSecret(which, io.environment, async (secret) => {
    const current = await secret.read();
    const { text, before } = withoutKey(current?.text, account);
    for (const line of removalWords(account, before)) io.stderr.write(`${line}\n`);
    io.stderr.write(
      note(account, [
        `it stays in the ledger, and each slot is recorded as keys.missing until you run: balances accounts close ${account}`,
      ]),
    );
    if (!(await isAgreed(terminal, options, io))) return 1;
    await secret.replace(current, text);
    io.stderr.write('written; the collector reads it within 15 minutes. Delete the key at Upbit too\n');
    return 0;
  });
}
