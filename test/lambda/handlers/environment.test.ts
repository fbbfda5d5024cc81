import { describe, expect, it } from 'vitest';
import { readEnvironment, readSealerEnvironment } from '../../../lambda/handlers/environment.ts';

const GOOD = {
  TABLE_NAME: 'table',
  API_KEYS_SECRET_ID: 'secret',
  REGIONS: 'sg,id,th',
  EVERY: '1h',
  TIME_ZONE: 'UTC',
};

describe('the environment', () => {
  it('gives the table, the secret, the regions in code order and the schedule', () => {
    expect(readEnvironment(GOOD)).toMatchObject({
      tableName: 'table',
      secretId: 'secret',
      regions: ['id', 'sg', 'th'],
      every: '1h',
      timeZone: 'UTC',
      functionName: 'local',
    });
  });

  it('takes base URL and algorithm from the table of regions', () => {
    const { baseUrl, algorithm } = readEnvironment(GOOD);
    expect([baseUrl('sg'), baseUrl('kr'), algorithm('th')]).toEqual([
      'https://sg-api.upbit.com',
      'https://api.upbit.com',
      'HS256',
    ]);
  });

  it('lets JWT_ALG and UPBIT_API_URL override them', () => {
    const { baseUrl, algorithm } = readEnvironment({
      ...GOOD,
      JWT_ALG: 'HS512',
      UPBIT_API_URL: 'http://127.0.0.1:8000/{region}/',
    });
    expect([baseUrl('sg'), algorithm('th')]).toEqual(['http://127.0.0.1:8000/sg', 'HS512']);
  });

  it('has a fixed address only if EGRESS_ADDRESS is set', () => {
    expect(readEnvironment({ ...GOOD, EGRESS_ADDRESS: '203.0.113.7' }).egressAddress).toBe('203.0.113.7');
    expect(readEnvironment(GOOD).egressAddress).toBeUndefined();
  });

  it('has prices unless PRICES is false', () => {
    expect(readEnvironment(GOOD).prices).toBe(true);
    expect(readEnvironment({ ...GOOD, PRICES: 'true' }).prices).toBe(true);
    expect(readEnvironment({ ...GOOD, PRICES: 'false' }).prices).toBe(false);
  });

  it('looks up the public address at AWS, or nowhere with a simulated Upbit', () => {
    const local = { ...GOOD, UPBIT_API_URL: 'http://127.0.0.1:8000/{region}' };
    expect(readEnvironment(GOOD).checkIpUrl).toBe('https://checkip.amazonaws.com');
    expect(readEnvironment(local).checkIpUrl).toBeUndefined();
    const url = 'http://127.0.0.1:9000/';
    expect(readEnvironment({ ...local, CHECK_IP_URL: url }).checkIpUrl).toBe(url);
  });

  it.each(['', 'https://checkip.amazonaws.com', 'http://127.0.0.1.evil.example/', 'ftp://127.0.0.1/'])(
    'is rejected with CHECK_IP_URL %j',
    (url) => {
      expect(() => readEnvironment({ ...GOOD, CHECK_IP_URL: url })).toThrow(
        'the environment variable CHECK_IP_URL is not an address of this machine',
      );
    },
  );

  it.each(Object.keys(GOOD))('is rejected without %s, or with it empty', (name) => {
    for (const value of [undefined, '']) {
      expect(() => readEnvironment({ ...GOOD, [name]: value })).toThrow(
        `the environment variable ${name} is not set`,
      );
    }
  });

  it.each([
    ['REGIONS', 'SG', 'is "SG"; allowed are one or more of sg, id, th, kr, with commas, each once'],
    ['REGIONS', 'sg,sg', 'is "sg,sg"'],
    ['REGIONS', 'sg, id', 'is "sg, id"'],
    ['REGIONS', 'sg,', 'is "sg,"'],
    ['EVERY', '7m', 'is "7m"; allowed are 1m, 5m,'],
    ['EVERY', 'constructor', 'is "constructor"'],
    ['TIME_ZONE', 'Europe/Paris', 'is "Europe/Paris"; allowed are UTC, Asia/Singapore,'],
    ['JWT_ALG', 'none', 'is "none"; allowed are HS256, HS512'],
    ['JWT_ALG', '', 'is ""'],
    ['PRICES', '', 'is ""; allowed are true, false'],
    ['PRICES', 'no', 'is "no"; allowed are true, false'],
    ['PRICES', 'FALSE', 'is "FALSE"'],
    ['EGRESS_ADDRESS', '', 'is ""; allowed is an IPv4 address'],
    ['EGRESS_ADDRESS', '203.0.113.256', 'is "203.0.113.256"'],
    ['EGRESS_ADDRESS', '203.0.113.7/32', 'is "203.0.113.7/32"'],
    ['EGRESS_ADDRESS', '2001:db8::7', 'is "2001:db8::7"'],
  ])('is rejected with %s=%j, naming what is allowed', (name, value, sentence) => {
    const read = () => readEnvironment({ ...GOOD, [name]: value });
    expect(read).toThrow(`the environment variable ${name} ${sentence}`);
    expect(read).toThrow(expect.objectContaining({ code: 'environment.invalid' }));
  });

  it.each([
    'https://sg-api.upbit.com/{region}',
    'http://127.0.0.1:8000',
    'http://{region}.example.test/',
    'http://127.0.0.1@example.test/{region}',
    'http://user@127.0.0.1/{region}',
    'http://127.0.0.1.example.test/{region}',
    'http://localhost.example.test/{region}',
    'ftp://127.0.0.1/{region}',
    'http://127.0.0.1/?to={region}',
    'http://127.0.0.1/#{region}',
    'http://10.0.0.1/{region}',
    '{region}',
    '',
  ])('never sends a key to %j', (url) => {
    expect(() => readEnvironment({ ...GOOD, UPBIT_API_URL: url })).toThrow(
      'is not an address of this machine with {region} in it',
    );
  });

  it.each([
    'http://127.0.0.1:1/{region}',
    'http://127.8.9.1/{region}',
    'http://localhost:2/x/{region}',
    'http://[::1]:3/{region}',
    'https://localhost/{region}',
  ])('accepts %s, which is this machine', (url) => {
    expect(readEnvironment({ ...GOOD, UPBIT_API_URL: url }).baseUrl('th')).toBe(
      url.replace('{region}', 'th'),
    );
  });
});

describe('the environment of the sealer', () => {
  const given = { TABLE_NAME: 'table', TIME_ZONE: 'Asia/Jakarta' };

  it('gives the table and the time zone, and an authority and a topic where they are set', () => {
    expect(readSealerEnvironment(given)).toStrictEqual({
      ...{ tableName: 'table', timeZone: 'Asia/Jakarta', functionName: 'local' },
      ...{ timestampUrl: undefined, rootTopicArn: undefined },
    });
    const more = { ...given, TIMESTAMP_URL: 'http://tsa.example/', ROOT_TOPIC_ARN: 'arn:aws:sns:x' };
    expect(readSealerEnvironment(more)).toMatchObject({
      ...{ timestampUrl: 'http://tsa.example/', rootTopicArn: 'arn:aws:sns:x' },
    });
  });

  it('is rejected with a URL that is not one', () => {
    expect(() => readSealerEnvironment({ ...given, TIMESTAMP_URL: 'tsa.example' })).toThrow(
      'the environment variable TIMESTAMP_URL is "tsa.example"; allowed is an http or https URL of an RFC 3161 time-stamp authority, at most 1,000 characters and without a user name',
    );
  });
});
