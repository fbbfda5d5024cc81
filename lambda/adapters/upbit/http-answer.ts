import type { Instant } from '../../core/instant.ts';

/** The response of one call. */
export interface UpbitAnswer {
  readonly status: number;
  /** When the status and the headers arrived, by our clock. The body may take seconds more. */
  readonly headersAt: Instant;
  /** The `Date` header. */
  readonly date: string | null;
  /** The `Retry-After` header. */
  readonly retryAfter: string | null;
  /** The `Server` header: a gateway that answers for Upbit names itself there. */
  readonly server: string | null;
  /**
   * Decompressed, and empty if it could not be; undefined if it was over the size limit, or if that of a 418 was
   * incomplete.
   */
  readonly body: Uint8Array | undefined;
}

/** The body as text; undefined if there is none, or it is not UTF-8: a replaced character would be a changed currency. */
export function textOf({ body }: Pick<UpbitAnswer, 'body'>): string | undefined {
  try {
    return body === undefined ? undefined : new TextDecoder('utf-8', { fatal: true }).decode(body);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}
