const PLAIN = /^[\w@%+=:,./-]+$/;

/** A word as it is typed in a shell: in quotes only if it needs them. */
export function shellWord(word: string): string {
  return PLAIN.test(word) ? word : shellQuoted(word);
}

/** In single quotes, which bash, zsh and fish read alike. */
export function shellQuoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
