import { SignJWT } from 'jose';
import type { ApiKey } from '../../core/keys.ts';
import type { SigningAlgorithm } from '../../core/regions.ts';

/**
 * The token for one call without parameters: header `{alg, typ}`, claims `access_key` and `nonce`, and nothing else,
 * so a wrong host clock does not matter. The secret key is used as its UTF-8 bytes, not as base64.
 * global-docs.upbit.com/reference/auth
 *
 * @param nonce new for every attempt; Upbit refuses a used one (`nonce_used`).
 */
export async function signToken(key: ApiKey, nonce: string, algorithm: SigningAlgorithm): Promise<string> {
  return await new SignJWT({ access_key: key.accessKey, nonce })
    .setProtectedHeader({ alg: algorithm, typ: 'JWT' })
    .sign(new TextEncoder().encode(key.secretKey));
}
