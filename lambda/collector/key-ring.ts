import type { AccountName } from '../core/account.ts';
import { CodedError } from '../core/error.ts';
import { type ApiKey, isKeyProblem, type Keys } from '../core/keys.ts';
import type { KeySource } from './ports.ts';

/**
 * Finds the new key of an account whose key was refused: it may have been rotated while this process was warm.
 * The secret is read again at most once a run, and only if the refused keys came from an earlier run.
 */
export class KeyRing {
  readonly #source: KeySource;
  readonly #keys: Keys;
  readonly #earlier: boolean;
  #reloaded: Promise<Keys | undefined> | undefined;

  constructor(source: KeySource, { value, earlier }: Awaited<ReturnType<KeySource['get']>>) {
    this.#source = source;
    this.#keys = value;
    this.#earlier = earlier;
  }

  /** The keys as this run last read them. */
  async newest(): Promise<Keys> {
    return (await this.#reloaded) ?? this.#keys;
  }

  /** The key that replaced the refused one, or undefined if none has. */
  async replacement(account: AccountName, refused: ApiKey): Promise<ApiKey | undefined> {
    if (!this.#earlier) return undefined;
    this.#reloaded ??= this.#reload();
    const entry = (await this.#reloaded)?.accounts.get(account);
    if (entry === undefined || isKeyProblem(entry)) return undefined;
    const same = entry.accessKey === refused.accessKey && entry.secretKey === refused.secretKey;
    return same ? undefined : entry;
  }

  /** If the secret cannot be read now, the refusal stands: it is true of the key we have. */
  async #reload(): Promise<Keys | undefined> {
    try {
      return await this.#source.reload();
    } catch (error) {
      if (error instanceof CodedError) return undefined;
      throw error;
    }
  }
}
