import { createHash } from 'node:crypto';

/** First 8 hex digits of the SHA-256 of an access key: enough to see that a key was swapped, useless to an attacker. */
export function fingerprint(accessKey: string): string {
  return createHash('sha256').update(accessKey).digest('hex').slice(0, 8);
}
