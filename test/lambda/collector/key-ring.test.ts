import { describe, expect, it } from 'vitest';
import { KeyRing } from '../../../lambda/collector/key-ring.ts';
import { keysOf } from '../../support/memory-parts.ts';

const OLD = { accessKey: 'fake-access-old', secretKey: 'fake-secret-old' };

/** A ring whose keys an earlier run read, and the secret as it is now. */
function ring(now: unknown, earlier = true) {
  const held = { value: keysOf(JSON.stringify({ sg: { main: OLD } })), earlier };
  let reloads = 0;
  const reload = async () => {
    reloads += 1;
    return keysOf(JSON.stringify({ sg: now }));
  };
  return { ring: new KeyRing({ get: async () => held, reload }, held), held, reloads: () => reloads };
}

describe('the key that replaces a refused one', () => {
  it.each([
    ['both parts', { accessKey: 'fake-access-new', secretKey: 'fake-secret-new' }],
    ['only the access key', { ...OLD, accessKey: 'fake-access-new' }],
    ['only the secret key', { ...OLD, secretKey: 'fake-secret-new' }],
  ])('differs from it in %s', async (_, entry) => {
    expect(await ring({ main: entry }).ring.replacement('sg/main', OLD)).toEqual(entry);
  });

  it.each([
    ['is the same', { main: OLD }],
    ['is gone', {}],
    ['is not usable', { main: { ...OLD, secretKey: '' } }],
  ])('is undefined if the entry in the secret %s', async (_, now) => {
    expect(await ring(now).ring.replacement('sg/main', OLD)).toBeUndefined();
  });

  it('is undefined if this run has read the keys itself, and they are not read again', async () => {
    const { ring: keys, reloads, held } = ring({ main: { ...OLD, secretKey: 'fake-secret-new' } }, false);
    expect(await keys.replacement('sg/main', OLD)).toBeUndefined();
    expect(await keys.newest()).toBe(held.value);
    expect(reloads()).toBe(0);
  });

  it('is looked up once for all accounts of the run, and is among the newest keys after that', async () => {
    const entry = { ...OLD, secretKey: 'fake-secret-new' };
    const { ring: keys, reloads } = ring({ main: entry });
    await Promise.all([keys.replacement('sg/main', OLD), keys.replacement('sg/other', OLD)]);
    expect(reloads()).toBe(1);
    expect((await keys.newest()).accounts.get('sg/main')).toEqual(entry);
  });
});
