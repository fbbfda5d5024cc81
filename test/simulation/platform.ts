import { createHmac } from 'node:crypto';
import { isObject } from '../../lambda/core/parsed.ts';
import type { VirtualClock } from './virtual-clock.ts';

/**
 * Replaces the two parts of Node that the collector uses and that a replay could not repeat, and
 * returns a function that restores them: the timers, which become events on the virtual clock, and WebCrypto's HMAC,
 * which Node computes on threads that finish in any order, and which is now computed synchronously.
 */
export function takeOverPlatform(clock: VirtualClock): () => void {
  const undoTimers = takeOverTimers(clock);
  const undoHmac = takeOverHmac();
  return () => {
    undoTimers();
    undoHmac();
  };
}

function takeOverTimers(clock: VirtualClock): () => void {
  const { setTimeout, clearTimeout } = globalThis;
  Object.assign(globalThis, {
    setTimeout: (act: () => void, milliseconds = 0) => clock.after(milliseconds, act),
    clearTimeout: (cancel: unknown) => {
      if (typeof cancel === 'function') cancel();
    },
  });
  return () => void Object.assign(globalThis, { setTimeout, clearTimeout });
}

const HASHES = new Map([
  ['SHA-256', 'sha256'],
  ['SHA-512', 'sha512'],
]);

function takeOverHmac(): () => void {
  const prototype: unknown = Object.getPrototypeOf(crypto.subtle);
  if (!isObject(prototype)) throw new TypeError('crypto.subtle has no prototype');
  const { importKey, sign } = crypto.subtle;
  const keys = new WeakMap<object, Uint8Array>();
  Object.assign(prototype, {
    async importKey(
      format: 'raw',
      bytes: Uint8Array,
      algorithm: unknown,
      extractable: boolean,
      usages: KeyUsage[],
    ) {
      const key: unknown = await Reflect.apply(importKey, crypto.subtle, [
        format,
        bytes,
        algorithm,
        extractable,
        usages,
      ]);
      if (typeof key === 'object' && key !== null) keys.set(key, bytes);
      return key;
    },
    async sign(algorithm: { readonly hash: string }, key: object, data: Uint8Array) {
      const hash = HASHES.get(algorithm.hash);
      const bytes = keys.get(key);
      if (hash === undefined || bytes === undefined) throw new TypeError('only HMAC is computed here');
      return new Uint8Array(createHmac(hash, bytes).update(data).digest()).buffer;
    },
  });
  return () => void Object.assign(prototype, { importKey, sign });
}

type KeyUsage = 'sign' | 'verify';
