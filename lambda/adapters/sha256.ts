import { createHash } from 'node:crypto';
import type { Sha256 } from '../core/seal.ts';

/** {@link Sha256} with Node's own hash. */
export const sha256: Sha256 = (text) => createHash('sha256').update(text).digest('hex');
