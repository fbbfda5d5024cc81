import { generateKeyPairSync } from 'node:crypto';
import { Certificate } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { leadsTo } from '../../../../lambda/adapters/timestamp/chain.ts';
import { DAY } from '../../../../lambda/core/instant.ts';
import { CA, certificateOf } from '../../../support/authority.ts';
import { time } from '../../../support/memory-ledger.ts';

const AT = time('2026-04-01T01:00:02Z');
const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** A certificate of this subject by this issuer. All have one key: names alone tell them apart. */
const certificate = (subject: string, issuer: string, serial = 1n) =>
  Certificate.fromBER(
    new Uint8Array(
      certificateOf({
        ...{ subject, issuer, serial, begins: AT - DAY, key: publicKey, by: privateKey },
        extensions: CA,
      }),
    ),
  );
const root = certificate('root', 'root');
const leads = async (others: readonly Certificate[], signer = certificate('signer', 'c1'), at = AT) =>
  await leadsTo([root], signer, others, new Date(at));

describe('a certificate leads to a trusted one', () => {
  it('that issued it, or over others, in whatever order these are', async () => {
    expect(await leads([], certificate('signer', 'root'))).toBe(true);
    const [one, two] = [certificate('c1', 'c2'), certificate('c2', 'root')];
    for (const others of [
      [one, two],
      [two, one],
      [certificate('x', 'y'), two, one, root],
    ])
      expect(await leads(others)).toBe(true);
  });

  it('and to none if one between them is not there, or a root of another name ends the path', async () => {
    expect(await leads([certificate('c1', 'c2')])).toBe(false);
    expect(await leads([certificate('c2', 'root')])).toBe(false);
    expect(await leads([certificate('c1', 'other'), certificate('other', 'other')])).toBe(false);
  });

  it('at a time at which all are valid', async () => {
    expect(await leads([], certificate('signer', 'root'), AT - 2 * DAY)).toBe(false);
    expect(await leads([], certificate('signer', 'root'), AT + 11 * 365 * DAY)).toBe(false);
  });

  it('over eight others at most', async () => {
    const chain = (length: number) =>
      Array.from({ length }, (_, index) =>
        certificate(`c${index + 1}`, index === length - 1 ? 'root' : `c${index + 2}`),
      );
    expect(await leads(chain(7))).toBe(true);
    expect(await leads(chain(12))).toBe(false);
  });

  it('and to none, without going on for ever, where others issue each other or themselves', async () => {
    expect(await leads([certificate('c1', 'c2'), certificate('c2', 'c1')])).toBe(false);
    expect(await leads([certificate('c1', 'c1')])).toBe(false);
    expect(await leads([certificate('c1', 'signer')])).toBe(false);
    expect(await leads([certificate('signer', 'signer')], certificate('signer', 'signer'))).toBe(false);
  });
});
