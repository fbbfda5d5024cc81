import { CodedError } from '../../lambda/core/error.ts';
import type { Findings } from './findings.ts';
import { MARK } from './secret-model.ts';

/** The mark that every key begins with, in its encodings: raw, base64 at each of three alignments, and hex. */
const NEEDLES = [
  MARK,
  ...[0, 1, 2].map((offset) => {
    const code = Buffer.from(`${'_'.repeat(offset)}${MARK}`).toString('base64');
    // The first and last characters also depend on what comes before and after.
    return code.slice(offset === 0 ? 0 : 4, -4);
  }),
  Buffer.from(MARK).toString('hex'),
];

/** Searches for keys in everything that leaves a process except its calls to Upbit. */
export class LeakJudge {
  readonly #findings: Findings;

  constructor(findings: Findings) {
    this.#findings = findings;
  }

  saw(where: string, text: string): void {
    this.#findings.check(
      'I8 no key leaked',
      !NEEDLES.some((needle) => text.includes(needle)),
      () => `a key in ${where}`,
    );
  }

  /** An error with its causes and all its own fields, including hidden ones. */
  sawError(where: string, error: unknown): void {
    const texts: string[] = [];
    for (let link = error, depth = 0; link instanceof Error && depth < 8; link = link.cause, depth += 1) {
      for (const name of Object.getOwnPropertyNames(link))
        texts.push(`${name} ${String(Reflect.get(link, name))}`);
      if (!(link instanceof CodedError)) texts.push(JSON.stringify(link) ?? '');
    }
    this.saw(where, texts.join('\n'));
  }
}
