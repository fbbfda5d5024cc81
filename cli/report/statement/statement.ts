import type { Instant } from '../../../lambda/core/instant.ts';
import type { Seal } from '../../../lambda/core/seal.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import type { Reading } from '../../../lambda/history/latest.ts';
import type { Worth } from '../../../lambda/history/worth.ts';
import type { PointSum } from '../../../lambda/history/worth-sums.ts';

/** What accounts held at one instant, and what it was worth, as a ledger has it. */
export interface Statement {
  /** What to call the ledger in a sentence. */
  readonly label: string;
  readonly simulated: boolean;
  readonly timeZone: TimeZone;
  /** The instant it is about, a whole second and never later than `readAt`. */
  readonly at: Instant;
  /** When the ledger was read. */
  readonly readAt: Instant;
  /** False if only some accounts were asked for; else it is about all that were open at the instant. */
  readonly isOfAll: boolean;
  /** The only currencies that were asked for; undefined for all. */
  readonly currencies: readonly string[] | undefined;
  /** The currency in which worth is given. */
  readonly unit: string;
  readonly readings: readonly Reading[];
  /** One for each snapshot of the readings. */
  readonly worths: readonly Worth[];
  /** Of all accounts; undefined if there is none, or if it would leave out what cannot be read. */
  readonly sum: PointSum | undefined;
  /** What the figures do not show, a sentence each. */
  readonly notes: { readonly balances: readonly string[]; readonly worth: readonly string[] };
  /** Those of the days of the snapshots, of the days that have one. */
  readonly seals: readonly Seal[];
  /** The options that select the ledger, and those that select accounts and currencies, as they are typed. */
  readonly options: { readonly ledger: readonly string[]; readonly part: readonly string[] };
}
