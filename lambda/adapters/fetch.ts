/** What came back from a call: as much of the platform's Response as this program uses. */
export interface Reply {
  readonly status: number;
  readonly headers: { get(name: string): string | null };
  /** Decompressed, and to be read: until then the connection is not free. Leaving it before its end gives that up. */
  readonly body: AsyncIterable<Uint8Array> | null;
}

/** The one way this program calls somebody: a GET that follows no redirect. The platform's fetch is one of these. */
export type Fetch = (
  url: string,
  init: {
    readonly headers?: Record<string, string>;
    readonly redirect: 'manual';
    readonly signal: AbortSignal;
  },
) => Promise<Reply>;

/**
 * The body's bytes, counted after decompression, or undefined where they are more than `most`; what is left of it is
 * then not fetched.
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
