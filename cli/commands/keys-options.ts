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
  'a key is never an argument: other users of this machine can see those, and the shell keeps them. Write it to standard input, or type it when you are asked. If it was a real key, delete it at Upbit and make a new one';

/** Adds the options that select the secret. */
export function withSecretOptions(command: Command): Command {
  return command
    .option('--secret <arn>', 'this secret (default: the one of the deployed stack)', parseSecretArn)
    .option('--table <name>', 'the secret of the stack with this table, if there are several');
}

/** Adds the account that is changed, and refuses anything else that is typed, without showing it: it may be a key. */
export function withOneAccount(command: Command): Command {
  return withSecretOptions(
    command
      .argument('<name>', 'the account, e.g. sg/main', parseName)
      .allowExcessArguments(true)
      .allowUnknownOption(true),
  )
    .option('-y, --yes', 'do not ask before the secret is changed')
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
 * True if the change may be made. Asks on a terminal, unless `--yes` is given. Where standard input is no terminal nobody can
 * be asked, and the command itself is the order.
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
