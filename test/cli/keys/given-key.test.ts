import { describe, expect, it } from 'vitest';
import { readGivenKey } from '../../../cli/keys/given-key.ts';
import { pair, piped } from '../../support/keys-typed.ts';
import { leaksIn } from '../../system/faults/leaks.ts';

const KEY = pair('given');

describe('a key on standard input', () => {
  it('is JSON, with or without an expiry, and with white space around', async () => {
    expect(await readGivenKey(piped(JSON.stringify(KEY)))).toEqual(KEY);
    expect(
      await readGivenKey(piped(`\ufeff\n ${JSON.stringify({ ...KEY, expiresOn: '2027-10-01' }, null, 2)}\n`)),
    ).toEqual({
      ...KEY,
      expiresOn: '2027-10-01',
    });
  });

  it('may arrive in pieces, cut within a character', async () => {
    const bytes = Buffer.from(JSON.stringify({ ...KEY, secretKey: 'fake-ключ' }));
    const input = {
      async *[Symbol.asyncIterator]() {
        for (const byte of bytes) yield Buffer.of(byte);
      },
    };
    expect(await readGivenKey(input)).toEqual({ ...KEY, secretKey: 'fake-ключ' });
  });

  it.each([
    ['is empty', ''],
    ['is empty', ' \n'],
    ['is not JSON', 'fake-key'],
    ['is not JSON', '{"accessKey":"fake-key"'],
    ['is not JSON', '{“accessKey”:“fake-key”}'],
    ['is an array, not an object', '["fake-key"]'],
    ['has no accessKey', '{"secretKey":"fake-key"}'],
    ['has no secretKey', '{"accessKey":"fake-key"}'],
    ['has an accessKey that is a number, not text', '{"accessKey":7,"secretKey":"fake-key"}'],
    ['has an accessKey that is given twice, not text', '{"accessKey":"fake-key","accessKey":"fake-key"}'],
    [
      'has an expiresOn that is null, not text',
      '{"accessKey":"fake-key","secretKey":"fake-key","expiresOn":null}',
    ],
    [
      'has a field other than accessKey, secretKey, expiresOn',
      '{"accessKey":"fake-key","secretKey":"fake-key","expireOn":""}',
    ],
    ['has a field other than accessKey, secretKey, expiresOn', '{"sg":{"main":{"accessKey":"fake-key"}}}'],
    ['is too long for one key', `{"accessKey":"fake-key","secretKey":"${'x'.repeat(16_384)}"}`],
  ])('is refused without showing it: %s', async (what, text) => {
    const error: unknown = await readGivenKey(piped(text)).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({
      code: 'key.unusable',
      message: `standard input ${what}: give the key as {"accessKey":"…","secretKey":"…","expiresOn":"2027-10-01"}, expiresOn optional; nothing was changed`,
    });
    expect(leaksIn(String(error), ['fake-key'])).toEqual([]);
  });
});
