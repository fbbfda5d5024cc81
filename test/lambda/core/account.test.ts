import { describe, expect, it } from 'vitest';
import {
  type AccountName,
  defaultAccount,
  parseAccountName,
  regionOf,
} from '../../../lambda/core/account.ts';
import { REGION_IDS } from '../../../lambda/core/regions.ts';

describe('an account', () => {
  it.each(['sg/main', 'id/0', 'th/a-b-c', 'kr/z-', `sg/${'a'.repeat(32)}`, 'sg/constructor'])(
    'may be named %s',
    (text) => {
      expect(parseAccountName(text)).toBe(text);
    },
  );

  it.each([
    '',
    'sg',
    'sg/',
    '/main',
    'main',
    'us/main',
    'SG/main',
    'sg/Main',
    'sg/main/x',
    'sg/../x',
    'sg//main',
    'sg /main',
    ' sg/main',
    'sg/main ',
    'sg/main\n',
    'sg/-main',
    'sg/ma in',
    'sg/ma_in',
    'sg/#main',
    'sg/mäin',
    'sg/💰',
    `sg/${'a'.repeat(33)}`,
    'ѕg/main',
    'sg@evil/main',
    '#catalog',
    '__proto__/main',
    'sg/__proto__',
  ])('may not be named %j', (text) => {
    expect(parseAccountName(text)).toBeUndefined();
  });

  it('belongs to its region', () => {
    for (const region of REGION_IDS) expect(regionOf(`${region}/main`)).toBe(region);
  });

  it('without a region throws, because that is a bug', () => {
    const account: AccountName = JSON.parse('"us/main"');
    expect(() => regionOf(account)).toThrow(new RangeError('account us/main has no region'));
  });

  it('is called main by default', () => {
    expect(REGION_IDS.map(defaultAccount)).toStrictEqual(['sg/main', 'id/main', 'th/main', 'kr/main']);
  });
});
