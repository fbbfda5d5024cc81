/** What came back from one call. */
export interface UpbitAnswer {
  readonly status: number;
  /** The header `Date`. */
  readonly date: string | null;
  /** The header `Retry-After`. */
  readonly retryAfter: string | null;
  /** Decompressed; undefined where it was larger than is read, or where that of a 418 did not come whole. */
  readonly body: Uint8Array | undefined;
}
