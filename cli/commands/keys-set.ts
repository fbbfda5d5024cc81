import type { Command } from 'commander';
import type { AccountName } from '../../lambda/core/account.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { GIVEN_FORM } from '../keys/given-form.ts';
import { findSecret } from '../keys/which-secret.ts';
import type { Io } from '../ledger/session.ts';
import { note } from '../print/notes.ts';
import type { CommandContext } from './add-command.ts';
import { type ChangeOptions, isAgreed, withOneAccount } from './keys-options.ts';

/** The options of `keys set`. */
interface SetOptions extends ChangeOptions {
  readonly check: boolean;
}

/** Adds `set` to the command `keys`. */
export function addKeysSet(keys: Command, { io, finish }: CommandContext): void {
  withOneAccount(keys.command('set'))
    .description(
      'put the key of one account into the secret, or replace it; every other entry stays as it is',
    )
    .option('--no-check', 'do not sign in with the key first: this machine’s address may not be on its list')
    .addHelpText(
      'after',
      `
Asks for the key on a terminal, without showing it. Otherwise reads it from standard input:
  ${GIVEN_FORM}   (expiresOn optional)
and asks nothing. A key that Upbit refuses is not written.

Example: balances keys set sg/main`,
    )
    .action((name: AccountName, options: SetOptions) => finish(setKey(name, options, io)));
}

/**
 * `balances keys set NAME`: reads the key, tries it at Upbit, says what will change, and changes this entry of the secret, if
 * the secret is still the version that was read.
 */
async function setKey(account: AccountName, options: SetOptions, io: Io): Promise<number> {
  const which = findSecret(options, io.environment, io.root);
  const input = io.stdin?.();
  if (input === undefined)
    throw new CodedError('key.unusable', 'there is no standard input to read the key from');
  // Loaded on demand: the AWS client, and what signs in.
  const [{ Terminal }, { askForKey, readGivenKey }, { withSecret }, { withKey }, { settingWords }] =
    await Promise.all([
      import('../keys/terminal.ts'),
      import('../keys/given-key.ts'),
      import('../keys/open-secret.ts'),
      import('../keys/secret-text.ts'),
      import('../keys/change.ts'),
    ]);
  const terminal = input.isTTY === true ? new Terminal(input, io.stderr) : undefined;
  const given = terminal === undefined ? await readGivenKey(input) : await askForKey(terminal);
  return await withSecret(which, io.environment, async (secret) => {
    const current = await secret.read();
    const { text, before, key } = withKey(current?.text, account, given, io.now());
    if (text === current?.text.trim()) {
      io.stderr.write(note(account, ['the secret already has exactly this key; nothing was changed']));
      return 0;
    }
    const [{ signIn }, { signingSetup }] = await Promise.all([
      import('../keys/sign-in.ts'),
      import('../keys/signing-setup.ts'),
    ]);
    const { algorithm, notice } = await signingSetup(account, io.root);
    if (notice !== undefined) io.stderr.write(note(account, [notice]));
    if (options.check) await signIn(account, key, algorithm, io.environment);
    io.stderr.write(
      note(account, [
        options.check ? 'Upbit accepts the key' : 'not checked with Upbit, because of --no-check',
      ]),
    );
    for (const line of settingWords(account, key, before, io.now())) io.stderr.write(`${line}\n`);
    if (!(await isAgreed(terminal, options, io))) return 1;
    await secret.replace(current, text);
    io.stderr.write('written; the collector reads it within 15 minutes\n');
    return 0;
  });
}
