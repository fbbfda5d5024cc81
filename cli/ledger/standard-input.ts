/** Standard input: a terminal, on which somebody types, or a pipe or file. */
export interface StandardInput extends AsyncIterable<Uint8Array | string> {
  readonly isTTY?: boolean;
  /** Of a terminal: whether each character arrives as it is typed, and none is shown. */
  setRawMode?(raw: boolean): unknown;
}
