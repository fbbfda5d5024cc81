import type { Command } from 'commander';
import { type AccountName, parseAccountName } from '../../lambda/core/account.ts';
import { regionsInWords } from '../../lambda/core/regions.ts';
import type { Terminal } from '../keys/terminal.ts';
import { parseSecretArn, type SecretOptions } from '../keys/which-secret.ts';
import { wrongUsage } from '../ledger/options.ts';
import type { Io } from '../ledger/session.ts';

/** The options of a command that changes the secret. */
export interface ChangeOptions extends SecretOptions {
  readonly yes?: boolean;
}

const ARGUMENTS_ARE_VISIBLE =
  'never pass a key as an argument: other users of this machine can see it, and the shell saves it. Pipe it to standard input, or type it when asked. If this was a real key, delete it at Upbit and make a new one';

/** Adds the options that select the secret. */
export function withSecretOptions(command: Command): Command {
  return command
    .option('--secret <arn>', 'the secret to use (default: the one of the deployed stack)', parseSecretArn)
    .option('--table <name>', 'use the secret of the stack with this table, if there are several stacks');
}

/** Adds the account that is changed, and refuses anything else that is typed, without showing it: it may be a key. */
export function withOneAccount(command: Command): Command {
  return withSecretOptions(
    command
      .argument('<name>', 'the account, e.g. sg/main', parseName)
      .allowExcessArguments(true)
      .allowUnknownOption(true),
  )
    .option('-y, --yes', 'change the secret without asking')
    .hook('preAction', () => {
      if (command.args.length > 1)
        throw wrongUsage(`${command.name()} takes one name; ${ARGUMENTS_ARE_VISIBLE}`);
    });
}

function parseName(text: string): AccountName {
  const account = parseAccountName(text);
  if (account !== undefined) return account;
  throw wrongUsage(
    `the first word is not an account name: write <region>/<name>, e.g. sg/main (region ${regionsInWords('or')}); ${ARGUMENTS_ARE_VISIBLE}`,
  );
}

/**
 * True if the change may be made. Asks on a terminal, unless `--yes` is given. Where standard input is not a terminal, nobody can
 * be asked, so the command itself counts as the answer.
 */
export async function isAgreed(
  terminal: Terminal | undefined,
  { yes = false }: ChangeOptions,
  { stderr }: Pick<Io, 'stderr'>,
): Promise<boolean> {
  if (terminal === undefined || yes) return true;
  const answer = await terminal.answers((ask) => ask('Change the secret? [y/N] ', /[a-z]/i));
  if (/^y(es)?$/i.test(answer.trim())) return true;
  stderr.write('nothing was changed\n');
  return false;
}
