import { Argument, type Command, type Option } from 'commander';
import { type Completable, completionScript, SHELLS, type Shell } from '../print/completion.ts';
import type { AddCommand } from './add-command.ts';

/** `balances completion SHELL`: a script that lets a shell complete this command, made from its own help. */
export const addCompletion: AddCommand = (program, { io, finish }) => {
  program
    .command('completion')
    .description('a script that lets your shell complete balances')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addHelpText(
      'after',
      `
Add to the file that your shell reads when it starts:
  bash, zsh: source <(balances completion bash)   (or zsh)
  fish:      balances completion fish | source`,
    )
    .action((shell: Shell) =>
      finish(
        (async () => {
          await io.stdout.write(completionScript(shell, program.commands.map(completable)));
          return 0;
        })(),
      ),
    );
};

function completable(command: Command): Completable {
  return {
    name: command.name(),
    about: command.description(),
    words: [
      ...command.commands.map((inner) => inner.name()),
      ...command.registeredArguments.flatMap(({ argChoices = [] }) => argChoices),
    ],
    options: command.options.map(
      ({ long, short, flags, description, argChoices = [], required }: Option) => ({
        names: [long, short].flatMap((name) => name ?? []),
        about: description,
        choices: argChoices,
        takesFile: flags.includes('<file>'),
        takesValue: required,
      }),
    ),
  };
}
