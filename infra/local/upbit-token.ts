import { createHmac, timingSafeEqual } from 'node:crypto';
import { isObject } from '../../lambda/core/parsed.ts';
import type { SigningAlgorithm } from '../../lambda/core/regions.ts';

/** A token taken apart, not yet believed. */
export interface Token {
  readonly accessKey: string;
  readonly nonce: string;
  /** True where it was signed with this secret key and algorithm, and has the documented header and claims only. */
  isSignedWith(secretKey: string, algorithm: SigningAlgorithm): boolean;
}

const HASHES = { HS256: 'sha256', HS512: 'sha512' } as const;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Takes `Bearer <JWT>` apart by hand, to be independent of the library that made it. Undefined for anything else. */
export function parseToken(authorization: string): Token | undefined {
  const [header = '', payload = '', signature = '', ...rest] = authorization
    .replace(/^Bearer /, '')
    .split('.');
  const [head, claims] = [decode(header), decode(payload)];
  if (rest.length > 0 || head === undefined || claims === undefined) return undefined;
  const { access_key: accessKey, nonce, ...others } = claims;
  if (typeof accessKey !== 'string' || typeof nonce !== 'string') return undefined;
  const isDocumented = head['typ'] === 'JWT' && Object.keys(others).length === 0 && UUID.test(nonce);
  return {
    accessKey,
    nonce,
    isSignedWith(secretKey, algorithm) {
      const expected = createHmac(HASHES[algorithm], Buffer.from(secretKey, 'utf8'))
        .update(`${header}.${payload}`)
        .digest();
      const given = Buffer.from(signature, 'base64url');
      return (
        isDocumented &&
        head['alg'] === algorithm &&
        given.length === expected.length &&
        timingSafeEqual(given, expected)
      );
    },
  };
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
