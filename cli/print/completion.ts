import { shellQuoted } from './shell-word.ts';

/** The shells that can be completed. */
export const SHELLS = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof SHELLS)[number];

/** What a shell may complete of one command. */
export interface Completable {
  readonly name: string;
  readonly about: string;
  /** Words that may follow the command: inner commands and the choices of its arguments. */
  readonly words: readonly string[];
  readonly options: readonly {
    /** `--format`, and `-o` if there is a short one. */
    readonly names: readonly string[];
    readonly about: string;
    /** The values it allows; empty if any. */
    readonly choices: readonly string[];
    readonly takesFile: boolean;
    readonly takesValue: boolean;
  }[];
}

/** A script for the shell's start-up file. */
export function completionScript(shell: Shell, commands: readonly Completable[]): string {
  switch (shell) {
    case 'bash':
      return forBash(commands);
    case 'zsh':
      return `autoload -U +X bashcompinit && bashcompinit\n${forBash(commands)}`;
    case 'fish':
      return forFish(commands);
    default:
      return shell satisfies never;
  }
}

function forBash(commands: readonly Completable[]): string {
  const values = commands.flatMap(({ name, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ names, choices, takesFile }) => {
        const patterns = names.map((option) => shellQuoted(`${name} ${option}`)).join(' | ');
        const reply = takesFile ? 'compgen -f' : `compgen -W ${shellQuoted(choices.join(' '))}`;
        return `    ${patterns}) COMPREPLY=($(${reply} -- "$word")); return ;;\n`;
      }),
  );
  const words = commands.map(({ name, words: own, options }) => {
    const all = [...own, ...options.flatMap(({ names }) => names), '--help'];
    return `    ${name}) words=${shellQuoted(all.join(' '))} ;;\n`;
  });
  return `_balances() {
  local word="\${COMP_WORDS[COMP_CWORD]}" before="\${COMP_WORDS[COMP_CWORD - 1]}" command="\${COMP_WORDS[1]}" words=''
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    COMPREPLY=($(compgen -W ${shellQuoted([...commands.map(({ name }) => name), '--help', '--version'].join(' '))} -- "$word"))
    return
  fi
  case "$command $before" in
${values.join('')}  esac
  case "$command" in
${words.join('')}  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _balances balances
`;
}

function forFish(commands: readonly Completable[]): string {
  const lines = ['complete -c balances -f'];
  for (const { name, about, words, options } of commands) {
    lines.push(`complete -c balances -n __fish_use_subcommand -a ${name} -d ${shellQuoted(about)}`);
    const within = `complete -c balances -n ${shellQuoted(`__fish_seen_subcommand_from ${name}`)}`;
    if (words.length > 0) lines.push(`${within} -a ${shellQuoted(words.join(' '))}`);
    for (const { names, about: what, choices, takesFile, takesValue } of options) {
      const flags = names.map((flag) =>
        flag.startsWith('--') ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`,
      );
      const value = takesFile
        ? ' -r -F'
        : choices.length > 0
          ? ` -x -a ${shellQuoted(choices.join(' '))}`
          : takesValue
            ? ' -x'
            : '';
      lines.push(`${within} ${flags.join(' ')}${value} -d ${shellQuoted(what)}`);
    }
  }
  return `${lines.join('\n')}\n`;
}
