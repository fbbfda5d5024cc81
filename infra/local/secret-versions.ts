/** A refusal of Secrets Manager, in its words. */
export class SecretsRefusal extends Error {
  override readonly name: string;

  constructor(type: string, message: string) {
    super(message);
    this.name = type;
  }
}

interface Version {
  readonly id: string;
  readonly text: string;
}

const CURRENT = 'AWSCURRENT';
const PREVIOUS = 'AWSPREVIOUS';

/**
 * The versions of one secret and their staging labels, each of which one version has at a time, by the rules of
 * docs.aws.amazon.com/secretsmanager/latest/apireference/API_PutSecretValue.html and API_UpdateSecretVersionStage.html. The
 * words of the refusals are those that AWS was seen to answer.
 */
export class SecretVersions {
  readonly #versions = new Map<string, Version>();
  /** Which version has a label. */
  readonly #holders = new Map<string, string>();

  /** The version that has a label; undefined if none has. */
  labelled(label: string): Version | undefined {
    return this.#versions.get(this.#holders.get(label) ?? '');
  }

  /** The labels of a version, in code order. */
  labelsOf(id: string): string[] {
    return [...this.#holders].flatMap(([label, holder]) => (holder === id ? [label] : [])).sort();
  }

  /** The text of every version that was ever put, by its id, in order. */
  texts(): ReadonlyMap<string, string> {
    return new Map([...this.#versions].map(([id, { text }]) => [id, text]));
  }

  /**
   * Adds a version with these labels, which other versions lose; the first version gets AWSCURRENT too. Putting the same
   * text again under the same id does nothing.
   *
   * @throws SecretsRefusal `ResourceExistsException` if the id has another text.
   */
  put(id: string, text: string, labels: readonly string[] = [CURRENT]): void {
    const there = this.#versions.get(id);
    if (there !== undefined && there.text !== text)
      throw new SecretsRefusal(
        'ResourceExistsException',
        `You can't use ClientRequestToken ${id} because that value is already in use for a version of the secret.`,
      );
    if (there !== undefined) return;
    const isFirst = this.#versions.size === 0;
    this.#versions.set(id, { id, text });
    for (const label of new Set([...labels, ...(isFirst ? [CURRENT] : [])])) this.#give(label, id);
  }

  /**
   * Moves a label to a version, or takes it away if there is no `to`.
   *
   * @throws SecretsRefusal unless `from` is the version that has the label now; undefined if none has.
   */
  move(label: string, from: string | undefined, to: string | undefined): void {
    for (const id of [from, to])
      if (id !== undefined && !this.#versions.has(id))
        throw new SecretsRefusal(
          'ResourceNotFoundException',
          `Secrets Manager can't find the specified secret version: ${id}`,
        );
    const holder = this.#holders.get(label);
    if (from === undefined && holder !== undefined && holder !== to)
      throw new SecretsRefusal(
        'InvalidParameterException',
        `The parameter RemoveFromVersionId can't be empty. Staging label ${label} is currently attached to version ${holder}, so you must explicitly reference that version in RemoveFromVersionId.`,
      );
    if (from !== undefined && from !== holder)
      throw new SecretsRefusal(
        'InvalidParameterException',
        `When you move staging label ${label}, if you specify RemoveFromVersionId, it must be set to the version that currently has the staging label ${label}.`,
      );
    if (to === undefined && label === CURRENT)
      throw new SecretsRefusal(
        'InvalidParameterException',
        'You can only move staging label AWSCURRENT to a different secret version. It can’t be completely removed.',
      );
    if (to === undefined) this.#holders.delete(label);
    else this.#give(label, to);
  }

  #give(label: string, id: string): void {
    const before = this.#holders.get(label);
    if (label === CURRENT && before !== undefined && before !== id) this.#holders.set(PREVIOUS, before);
    this.#holders.set(label, id);
    // What is current is not the previous one.
    if (label === CURRENT && this.#holders.get(PREVIOUS) === id) this.#holders.delete(PREVIOUS);
  }
}
