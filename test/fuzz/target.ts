import type { Chance } from './chance.ts';

/** A parser under a rain of inputs. */
export interface Target<Input> {
  readonly name: string;
  /** How many cases of the whole are its own, relative to the others. */
  readonly share: number;
  /** Makes an input: mostly nearly right, which is where mistakes are. */
  make(chance: Chance): Input;
  /**
   * Gives the input to the parser, and says in a word what came of it. Throws where anything is not as it must be:
   * an error of another kind, a part of the whole, a refusal that does not say where, an amount that is another.
   */
  judge(input: Input): Promise<string> | string;
}

/** @throws Error with what was wrong, unless that holds. */
export function must(holds: boolean, what: () => string): asserts holds {
  if (!holds) throw new Error(what());
}

/** Looks that a refusal is one sentence of bounded length which says where, and repeats no secret. */
export function mustBeSentence(sentence: string, where: RegExp, secrets: readonly string[] = []): void {
  must(sentence.length > 0 && sentence.length <= 600, () => `a sentence of ${sentence.length} characters`);
  must(where.test(sentence), () => `it does not say where: ${sentence}`);
  const lower = sentence.toLowerCase();
  for (const secret of secrets)
    must(!lower.includes(secret.toLowerCase()), () => `it repeats a secret: ${sentence}`);
}
