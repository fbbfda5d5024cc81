import { describe, expect, it } from 'vitest';
import { type AccountEntry, EMPTY_CATALOG, withAccount } from '../../../lambda/core/catalog.ts';
import { NO_KEYS, parseKeys } from '../../../lambda/core/keys.ts';
import { hasKey, rollCall } from '../../../lambda/core/roll-call.ts';
import { must } from '../../support/arbitraries.ts';

const SLOT = Date.UTC(2026, 10, 22, 6);
const KEY = { accessKey: 'fake-access-sg-main', secretKey: 'fake-secret-sg-main' };

const secret = (value: unknown) => must(parseKeys(JSON.stringify(value)));
const catalog = (...entries: AccountEntry[]) => entries.reduce(withAccount, EMPTY_CATALOG);
const missing = (account: string) => ({
  code: 'keys.missing',
  detail: `the secret has no entry for ${account}`,
});

describe('the accounts of a region', () => {
  it('are those in the secret, in order, each with its key', () => {
    const keys = secret({
      sg: { main: KEY, b: 'x' },
      id: { main: { ...KEY, accessKey: 'fake-access-id-main' } },
    });
    const subjects = rollCall('sg', keys, EMPTY_CATALOG, SLOT);
    expect(subjects.map(({ account, named }) => [account, named])).toStrictEqual([
      ['sg/b', true],
      ['sg/main', true],
    ]);
    expect(subjects.map(({ key }) => hasKey(key))).toStrictEqual([false, true]);
    expect(subjects[0]?.key).toMatchObject({ code: 'keys.invalid' });
    expect(subjects[1]?.key).toStrictEqual(KEY);
  });

  it('include those in the catalog that are no longer in the secret, while they are open', () => {
    const known = catalog(
      { account: 'sg/closed', since: 0, closedFrom: SLOT },
      { account: 'sg/later', since: SLOT + 1 },
      { account: 'sg/lost', since: SLOT },
      { account: 'sg/main', since: 0 },
      { account: 'id/lost', since: 0 },
    );
    expect(rollCall('sg', secret({ sg: { main: KEY } }), known, SLOT)).toStrictEqual([
      { account: 'sg/lost', named: false, key: missing('sg/lost') },
      { account: 'sg/main', named: true, key: KEY },
    ]);
  });

  it('are one called main if neither has any', () => {
    expect(rollCall('sg', NO_KEYS, EMPTY_CATALOG, SLOT)).toStrictEqual([
      { account: 'sg/main', named: false, key: missing('sg/main') },
    ]);
    expect(rollCall('sg', NO_KEYS, catalog({ account: 'id/main', since: 0 }), SLOT)).toHaveLength(1);
    const later = catalog({ account: 'sg/later', since: SLOT + 1 });
    expect(rollCall('sg', NO_KEYS, later, SLOT).map(({ account }) => account)).toStrictEqual(['sg/main']);
    expect(rollCall('sg', NO_KEYS, later, SLOT + 1).map(({ account }) => account)).toStrictEqual([
      'sg/later',
    ]);
  });

  it('are none once all are closed: a closed account is not reported as missing forever', () => {
    const closed = catalog({ account: 'sg/main', since: 0, closedFrom: SLOT });
    expect(rollCall('sg', NO_KEYS, closed, SLOT)).toStrictEqual([]);
    expect(rollCall('sg', NO_KEYS, closed, SLOT - 1)).toHaveLength(1);
  });

  it('are invalid if the secret’s part for the region is, for every account in the catalog', () => {
    const keys = secret({ sg: 'fake' });
    const problem = { code: 'keys.invalid', detail: 'sg is a string, not an object of accounts' };
    expect(rollCall('sg', keys, EMPTY_CATALOG, SLOT)).toStrictEqual([
      { account: 'sg/main', named: false, key: problem },
    ]);
    expect(rollCall('sg', keys, catalog({ account: 'sg/a', since: 0 }), SLOT)).toStrictEqual([
      { account: 'sg/a', named: false, key: problem },
    ]);
  });

  it('that are missing are reported with the first three remarks, the likeliest reasons', () => {
    const keys = secret({ SG: { main: KEY }, Sg: {}, sG: {}, us: {} });
    const remark = (place: number) =>
      `name ${place} of the secret is not a region (sg, id, th, kr); its keys are not used`;
    expect(rollCall('sg', keys, EMPTY_CATALOG, SLOT)[0]?.key).toStrictEqual({
      code: 'keys.missing',
      detail: ['the secret has no entry for sg/main', remark(1), remark(2), remark(3)].join('; '),
    });
  });
});
