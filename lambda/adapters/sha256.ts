import { createHash } from 'node:crypto';
import type { Sha256 } from '../core/seal.ts';

/** {@link Sha256} with Node's own hash; of bytes too. */
export const sha256 = ((text: string | Uint8Array) =>
  createHash('sha256').update(text).digest('hex')) satisfies Sha256;
