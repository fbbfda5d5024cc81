import { CodedError } from '../../lambda/core/error.ts';
import type { StandardInput } from '../ledger/standard-input.ts';

/**
 * Asks one question and returns the line that is typed. Only characters that match `shown` appear on the terminal; by
 * default none.
 */
export type Ask = (question: string, shown?: RegExp) => Promise<string>;

const CANCEL = new Set(['\u0003', '\u0004']);
const DELETE = new Set(['\u007f', '\b']);
const CLEAR_LINE = '\u0015';
/** What keys such as the arrows send begins with this character. */
const ESCAPE = '\u001b';
const ESCAPE_SEQUENCE = new RegExp(`${ESCAPE}(?:\\[[\\d;]*[A-Za-z~]|O[A-Z])`, 'g');
const CONTROL = /\p{Cc}/u;

/** Somebody at a terminal, who is asked on stderr and answers on standard input. */
export class Terminal {
  readonly #input: StandardInput;
  readonly #output: { write(text: string): unknown };
  readonly #pieces: AsyncIterator<Uint8Array | string>;
  /** What was typed and not used yet. */
  #typed = '';

  constructor(input: StandardInput, output: { write(text: string): unknown }) {
    this.#input = input;
    this.#output = output;
    this.#pieces = input[Symbol.asyncIterator]();
  }

  /**
   * Asks questions. The terminal shows nothing by itself meanwhile.
   *
   * @throws CodedError `key.unusable` if somebody cancels with Ctrl-C or Ctrl-D, or the terminal is closed.
   */
  async answers<T>(use: (ask: Ask) => Promise<T>): Promise<T> {
    this.#input.setRawMode?.(true);
    try {
      return await use((question, shown) => this.#ask(question, shown));
    } finally {
      this.#input.setRawMode?.(false);
    }
  }

  async #ask(question: string, shown?: RegExp): Promise<string> {
    this.#output.write(question);
    // What is left of a paste that was longer than one line may be a key: it is not an answer to what is shown.
    if (shown !== undefined) this.#typed = '';
    let line = '';
    for (;;) {
      const character = await this.#next();
      if (CANCEL.has(character)) {
        this.#output.write('\n');
        throw cancelled();
      }
      if (character === '\r' || character === '\n') {
        this.#output.write('\n');
        return line;
      }
      if (character === CLEAR_LINE) {
        this.#erase(line, shown);
        line = '';
      } else if (DELETE.has(character)) {
        this.#erase(line.slice(-1), shown);
        line = line.slice(0, -1);
      } else if (!CONTROL.test(character)) {
        line += character;
        if (shown?.test(character) === true) this.#output.write(character);
      }
    }
  }

  async #next(): Promise<string> {
    while (this.#typed === '') {
      const { done, value } = await this.#pieces.next();
      if (done === true) throw cancelled();
      // A line that ends in CR LF is one line.
      this.#typed = Buffer.from(value).toString('utf8').replace(ESCAPE_SEQUENCE, '').replaceAll('\r\n', '\n');
    }
    const [character = ''] = this.#typed;
    this.#typed = this.#typed.slice(character.length);
    return character;
  }

  #erase(text: string, shown: RegExp | undefined): void {
    for (const character of text) if (shown?.test(character) === true) this.#output.write('\b \b');
  }
}

function cancelled(): CodedError {
  return new CodedError('key.unusable', 'cancelled; nothing was changed');
}
