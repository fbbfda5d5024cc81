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
    'may be called %s',
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
  ])('may not be called %j', (text) => {
    expect(parseAccountName(text)).toBeUndefined();
  });

  it('belongs to its region', () => {
    for (const region of REGION_IDS) expect(regionOf(`${region}/main`)).toBe(region);
  });

  it('of no region has none, and that is a fault of this program', () => {
    const account: AccountName = JSON.parse('"us/main"');
    expect(() => regionOf(account)).toThrow(new RangeError('account us/main has no region'));
  });

  it('that answers for its region is called main', () => {
    expect(REGION_IDS.map(defaultAccount)).toStrictEqual(['sg/main', 'id/main', 'th/main', 'kr/main']);
  });
});
