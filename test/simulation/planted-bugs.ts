/** A mistake that somebody could make, as a change of the text of one file. */
export interface PlantedBug {
  readonly name: string;
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly from: string;
  readonly to: string;
}

/** Mistakes that the simulation must find. They are made in copies, by the test alone. */
export const PLANTED_BUGS: readonly PlantedBug[] = [
  {
    name: 'no condition on the put',
    file: 'lambda/adapters/ledger-writer.ts',
    from: '        ...condition,\n',
    to: '',
  },
  {
    name: 'keyed by the clock',
    file: 'lambda/core/event.ts',
    from: "  return { value: { kind: 'slot', slot } };",
    to: "  return { value: { kind: 'slot', slot: now - (now % SECOND) } };",
  },
  {
    name: '429 retried at once',
    file: 'lambda/region.ts',
    from: '      candidate.cause = verdict;\n      return false;',
    to: "      if (verdict.heals === 'thrice') return await this.#attempt(candidate);\n      candidate.cause = verdict;\n      return false;",
  },
  {
    name: 'partial lists written',
    file: 'lambda/core/balances.ts',
    from: '    const { value: balance, problem } = parseLine(line);\n',
    to: '    const { value: balance, problem } = parseLine(line);\n    if (problem !== undefined) continue;\n',
  },
  {
    name: 'a put error swallowed',
    file: 'lambda/recorder.ts',
    from: "      this.#note(who, attempts, entry, 'unrecorded', false, error);",
    to: '      this.#note(who, attempts, entry, outcome, false);',
  },
];
