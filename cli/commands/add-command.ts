import type { Command } from 'commander';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Io } from '../ledger/session.ts';

/** What a command is given when it is added to the program. */
export interface CommandContext {
  readonly io: Io;
  /** When the command line was typed: what `30d` and the like are counted from. */
  readonly now: Instant;
  /** Takes the exit code of the command that ran. */
  readonly finish: (exitCode: Promise<number>) => Promise<void>;
}

/** Adds one command to the program: its options, its help with an example, and what it does. */
export type AddCommand = (program: Command, context: CommandContext) => void;
