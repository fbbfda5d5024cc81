import type { Chance } from './chance.ts';

/** A parser to fuzz. */
export interface Target<Input> {
  readonly name: string;
  /** Its share of all cases, relative to the others. */
  readonly share: number;
  /** Makes an input: mostly almost valid, where bugs are most likely. */
  make(chance: Chance): Input;
  /**
   * Gives the input to the parser, and returns the outcome in a word. Throws if anything is wrong:
   * an error of another kind, input accepted in part, a rejection that does not say where, a different amount.
   */
  judge(input: Input): Promise<string> | string;
}

/** @throws Error with the problem, unless the condition holds. */
export function must(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what());
}

/** Checks that a rejection is one sentence of bounded length that says where, and repeats no secret. */
export function mustBeSentence(sentence: string, where: RegExp, secrets: readonly string[] = []): void {
  must(sentence.length > 0 && sentence.length <= 600, () => `a sentence of ${sentence.length} characters`);
  must(where.test(sentence), () => `it does not say where: ${sentence}`);
  const lower = sentence.toLowerCase();
  for (const secret of secrets)
    must(!lower.includes(secret.toLowerCase()), () => `it repeats a secret: ${sentence}`);
}
