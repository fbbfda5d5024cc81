/** The one way this program uses fetch. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/**
 * The body's bytes, counted after decompression, or undefined where they are more than `most`; what is left of it is
 * then not fetched.
 */
export async function readBody(response: Response, most: number): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  // Leaving the loop early cancels the stream, and with it the connection.
  for await (const chunk of response.body ?? []) {
    length += chunk.byteLength;
    if (length > most) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
}
