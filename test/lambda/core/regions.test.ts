import { describe, expect, it } from 'vitest';
import {
  isRegion,
  REGION_IDS,
  REGIONS,
  regionsInWords,
  SIGNING_ALGORITHMS,
} from '../../../lambda/core/regions.ts';

describe('the regions', () => {
  it('are the four sites of Upbit, each with its own host and fiat currency', () => {
    expect(REGIONS).toStrictEqual({
      sg: {
        name: 'Singapore',
        baseUrl: 'https://sg-api.upbit.com',
        fiat: 'SGD',
        jwtAlg: 'HS256',
        listsAddresses: false,
      },
      id: {
        name: 'Indonesia',
        baseUrl: 'https://id-api.upbit.com',
        fiat: 'IDR',
        jwtAlg: 'HS256',
        listsAddresses: false,
      },
      th: {
        name: 'Thailand',
        baseUrl: 'https://th-api.upbit.com',
        fiat: 'THB',
        jwtAlg: 'HS256',
        listsAddresses: false,
      },
      kr: {
        name: 'Korea',
        baseUrl: 'https://api.upbit.com',
        fiat: 'KRW',
        jwtAlg: 'HS256',
        listsAddresses: true,
      },
    });
    expect(REGION_IDS).toStrictEqual(['sg', 'id', 'th', 'kr']);
    expect(SIGNING_ALGORITHMS).toStrictEqual(['HS256', 'HS512']);
  });

  it.each([
    'SG',
    'sg ',
    ' sg',
    '',
    'sg-api.upbit.com',
    'sg/../x',
    'sg@evil',
    'sg%2e',
    'ѕg',
    'sg,id',
    'us',
    'constructor',
  ])('do not include %j', (text) => {
    expect(isRegion(text)).toBe(false);
  });

  it('are said in a sentence', () => {
    expect([regionsInWords('and'), regionsInWords('or')]).toEqual(['sg, id, th and kr', 'sg, id, th or kr']);
  });

  it('include themselves', () => {
    expect(REGION_IDS.every(isRegion)).toBe(true);
  });
});
