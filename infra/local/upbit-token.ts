import { createHmac } from 'node:crypto';
import { isObject } from '../../lambda/core/parsed.ts';
import type { SigningAlgorithm } from '../../lambda/core/regions.ts';

/** A decoded token, not yet verified. */
export interface Token {
  /** As sent, without `Bearer`. */
  readonly text: string;
  readonly accessKey: string;
  readonly nonce: string;
  /** True if it was signed with this secret key and algorithm, and has only the documented header and claims. */
  isSignedWith(secretKey: string, algorithm: SigningAlgorithm): boolean;
}

const HASHES = { HS256: 'sha256', HS512: 'sha512' } as const;
const BEARER = /^Bearer ([\w-]+)\.([\w-]+)\.([\w-]+)$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Decodes `Bearer <JWT>` without the library that signs it, to be an independent check. Undefined for anything else. */
export function parseToken(authorization: string): Token | undefined {
  const [, header = '', payload = '', signature] = BEARER.exec(authorization) ?? [];
  const [head, claims] = [decode(header), decode(payload)];
  if (head === undefined || claims === undefined) return undefined;
  const { access_key: accessKey, nonce, ...others } = claims;
  if (typeof accessKey !== 'string' || typeof nonce !== 'string') return undefined;
  const { alg, typ, ...more } = head;
  const isDocumented = typ === 'JWT' && isEmpty(more) && isEmpty(others) && UUID.test(nonce);
  return {
    text: `${header}.${payload}.${signature}`,
    accessKey,
    nonce,
    isSignedWith(secretKey, algorithm) {
      const expected = createHmac(HASHES[algorithm], Buffer.from(secretKey, 'utf8'))
        .update(`${header}.${payload}`)
        .digest('base64url');
      return isDocumented && alg === algorithm && signature === expected;
    },
  };
}

function isEmpty(object: object): boolean {
  return Object.keys(object).length === 0;
}

function decode(part: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, 'base64url').toString('utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
