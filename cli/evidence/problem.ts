/** What in an evidence folder does not match. */
export interface EvidenceProblem {
  /** The date it is about, as `evidence.txt` or the file of the day has it. */
  readonly day: string;
  /** Undefined if it is about a day as a whole. */
  readonly account: string | undefined;
  readonly problem: 'changed' | 'chain' | 'timestamp';
  /** One sentence. */
  readonly what: string;
}
