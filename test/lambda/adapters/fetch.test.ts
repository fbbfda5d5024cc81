import { describe, expect, it } from 'vitest';
import { readBody } from '../../../lambda/adapters/fetch.ts';

describe('the body of an answer', () => {
  it('is empty if there is none', async () => {
    expect(await readBody(new Response(null), 10)).toHaveLength(0);
  });

  it('is read completely up to the limit, and is undefined beyond it', async () => {
    const body = () => new Response(new Blob(['12345', '67890']).stream());
    expect(new TextDecoder().decode(await readBody(body(), 10))).toBe('1234567890');
    expect(await readBody(body(), 9)).toBeUndefined();
  });
});
