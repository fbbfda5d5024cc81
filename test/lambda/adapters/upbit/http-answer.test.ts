import { afterEach, describe, expect, it, vi } from 'vitest';
import { textOf } from '../../../../lambda/adapters/upbit/http-answer.ts';

const bytes = (...values: number[]) => ({ body: Uint8Array.from(values) });

describe('the text of a body', () => {
  afterEach(() => vi.restoreAllMocks());

  it('is its UTF-8', () => {
    expect(textOf({ body: new TextEncoder().encode('[{"currency":"원"}]') })).toBe('[{"currency":"원"}]');
    expect(textOf(bytes())).toBe('');
  });

  it('is none without a body, or if it is not UTF-8: nothing is replaced', () => {
    expect(textOf({ body: undefined })).toBeUndefined();
    expect(textOf(bytes(0x5b, 0xff, 0x5d))).toBeUndefined();
    expect(textOf(bytes(0xec, 0x9b))).toBeUndefined();
  });

  it('hides no other error', () => {
    vi.spyOn(TextDecoder.prototype, 'decode').mockImplementation(() => {
      throw new RangeError('out of memory');
    });
    expect(() => textOf(bytes(0x5b))).toThrow(RangeError);
  });
});
