import type { StandardInput } from '../../cli/ledger/standard-input.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import { leaksIn } from '../system/faults/leaks.ts';
import { captured } from './captured.ts';
import { time } from './memory-ledger.ts';

export const ARN = 'arn:aws:secretsmanager:ap-southeast-1:123456789012:secret:ApiKeys-a1b2c3';
export const NOW = time('2026-11-22T06:30:00Z');

/** A pair of made-up keys, long enough that a leak of it is found in any encoding. */
export function pair(name: string): { readonly accessKey: string; readonly secretKey: string } {
  return { accessKey: `fake-access-key-${name}`, secretKey: `fake-secret-key-${name}` };
}

/** Where `balances keys` runs. */
export interface Place {
  readonly root: string;
  readonly stdin?: StandardInput;
  readonly environment?: Readonly<Record<string, string>>;
  readonly now?: Instant;
  /** What must not be printed in any encoding. */
  readonly secrets: readonly string[];
}

/** Runs `balances keys …`, and throws if any of the secrets is printed. */
export async function keysTyped(words: readonly string[], place: Place) {
  const { root, stdin, environment = {}, now = NOW, secrets } = place;
  const { exitCode, stdout, stderr } = await captured(['keys', ...words], {
    ...(stdin === undefined ? {} : { stdin: () => stdin }),
    now: () => now,
    openTarget: () => {
      throw new Error('keys opens no ledger');
    },
    environment,
    root,
  });
  const leaked = leaksIn(stdout + stderr, secrets);
  if (leaked.length > 0) throw new Error(`it printed ${leaked.join()}: ${stderr}`);
  return { exitCode, stdout, stderr };
}

/** A pipe with this text. */
export function piped(text: string): StandardInput {
  return {
    async *[Symbol.asyncIterator]() {
      yield Buffer.from(text);
    },
  };
}

/** A terminal on which these pieces are typed, each as it is asked for. */
export interface TypedTerminal extends StandardInput {
  /** `true` and `false`, as the raw mode was set, in order. */
  readonly modes: readonly boolean[];
}

export function terminal(...pieces: readonly string[]): TypedTerminal {
  const modes: boolean[] = [];
  return {
    isTTY: true,
    modes,
    setRawMode: (raw) => modes.push(raw),
    async *[Symbol.asyncIterator]() {
      for (const piece of pieces) {
        if (modes.at(-1) !== true) throw new Error('the terminal would show what is typed');
        yield Buffer.from(piece);
      }
    },
  };
}
