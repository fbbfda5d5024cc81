/** Characters that could break a line, move a terminal's cursor or change how it shows what follows. */
export const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same, without the tabs and line ends of a text of several lines. */
const UNPRINTABLE_IN_TEXT = /[^\P{Cc}\t\r\n]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Text safe for a line of a terminal: other characters become `�`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD');
}

/** As {@link printable}, for text of several lines. */
export function printableText(text: string): string {
  return text.replace(UNPRINTABLE_IN_TEXT, '\uFFFD');
}
