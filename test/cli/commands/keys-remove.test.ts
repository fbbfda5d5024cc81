import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type KeysPlace, startKeysPlace } from '../../support/keys-place.ts';
import { ARN, keysTyped, pair, type TypedTerminal, terminal } from '../../support/keys-typed.ts';

const BEFORE = JSON.stringify({
  sg: { main: pair('sg-main'), old: pair('old') },
  id: { main: pair('id-main') },
});
const SECRETS = ['sg-main', 'old', 'id-main'].flatMap((name) => Object.values(pair(name)));

let place: KeysPlace;
beforeEach(async () => {
  place = await startKeysPlace(BEFORE);
});
afterEach(() => place.close());

const remove = (words: string, stdin?: TypedTerminal) =>
  keysTyped(['remove', ...words.split(' ')], {
    root: place.root,
    secrets: SECRETS,
    ...(stdin === undefined ? {} : { stdin }),
  });
const SAID = [
  'sg/old: key 330024f3 is removed',
  '2 other accounts stay as they are',
  'sg/old: it stays in the ledger, and each slot is recorded as keys.missing until you run: balances accounts close sg/old',
];

describe('balances keys remove', () => {
  it('removes this entry alone, and says what becomes of the account', async () => {
    expect(await remove('sg/old')).toEqual({
      exitCode: 0,
      stdout: '',
      stderr: [
        ...SAID,
        'written; the collector reads it within 15 minutes. Delete the key at Upbit too',
        '',
      ].join('\n'),
    });
    expect(place.current()).toBe(
      JSON.stringify({ sg: { main: pair('sg-main') }, id: { main: pair('id-main') } }),
    );
    expect(place.upbit.calls).toEqual([]);
  });

  it('removes an entry that the collector cannot use', async () => {
    place.secrets.put(ARN, '{"sg":{"old":null}}');
    const { exitCode, stderr } = await remove('sg/old');
    expect([exitCode, stderr.split('\n')[0]]).toEqual([0, 'sg/old: its unusable entry is removed']);
    expect(place.current()).toBe('{"sg":{}}');
  });

  it.each([
    ['y\r', 0, 'written; the collector reads it within 15 minutes. Delete the key at Upbit too', undefined],
    ['\r', 1, 'nothing was changed', BEFORE],
    ['\u0003', 1, 'error: cancelled; nothing was changed', BEFORE],
  ])('asks on a terminal: %j', async (answer, code, last, left) => {
    const { exitCode, stderr } = await remove('sg/old', terminal(answer));
    expect([exitCode, stderr.split('\n').at(-2)]).toEqual([code, last]);
    expect(stderr).toContain('Change the secret? [y/N] ');
    expect(place.current() === BEFORE).toBe(left === BEFORE);
  });

  it('does not ask with --yes', async () => {
    const { exitCode, stderr } = await remove('sg/old --yes', terminal());
    expect([exitCode, stderr]).toEqual([0, expect.not.stringContaining('?')]);
  });

  it('of an account that is not in the secret says which are', async () => {
    expect(await remove('sg/other')).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: 'error: sg/other is not in the secret, which has only sg/main, sg/old, id/main\n',
    });
    expect(place.current()).toBe(BEFORE);
  });

  it('of a secret that is not clear is refused', async () => {
    const text = '{"sg":{"old":{}},"sg":{}}';
    place.secrets.put(ARN, text);
    expect(await remove('sg/old')).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining('appears twice'),
    });
    expect(place.current()).toBe(text);
  });
});
