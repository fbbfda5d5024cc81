import type { Command } from 'commander';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Io } from '../ledger/session.ts';

/** What a command needs when it is added to the program. */
export interface CommandContext {
  readonly io: Io;
  /** When the command started: `30d` and the like are relative to it. */
  readonly now: Instant;
  /** Receives the exit code of the command. */
  readonly finish: (exitCode: Promise<number>) => Promise<void>;
}

/** Adds one command to the program: its options, its help with an example, and its action. */
export type AddCommand = (program: Command, context: CommandContext) => void;
