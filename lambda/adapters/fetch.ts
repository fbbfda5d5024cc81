/** The response of a call: the part of the platform's Response that this program uses. */
export interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /**
   * Decompressed; empty if its coding is unknown. Read it to free the connection; stopping before its end closes the
   * connection.
   */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** Every HTTP call of this program: a GET that follows no redirect. The platform's fetch satisfies it. */
export type Fetch = (
  url: string,
  init: {
    readonly headers?: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Reply>;

/**
 * Reads the body; undefined if it has more than `most` bytes after decompression, in which case the rest is not
 * fetched.
 */
export async function readBody({ body }: Reply, most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
