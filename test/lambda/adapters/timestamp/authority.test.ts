import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { sha256 } from '../../../../lambda/adapters/sha256.ts';
import { createAuthority } from '../../../../lambda/adapters/timestamp/authority.ts';
import { tokenReader } from '../../../../lambda/adapters/timestamp/token.ts';
import { DAY, HOUR, MINUTE } from '../../../../lambda/core/instant.ts';
import { Authority, granted, refused } from '../../../support/authority.ts';
import {
  type Answer,
  type AuthorityServer,
  signing,
  startAuthorityServer,
} from '../../../support/authority-server.ts';
import { sequence } from '../../../support/der.ts';
import { time } from '../../../support/memory-ledger.ts';

const AT = time('2026-04-01T01:00:02Z');
/** The end of the day, before which nobody can sign. */
const ENDED = AT - HOUR + MINUTE;
const CLOCK = { now: () => AT };
const TEXT = '-\nsg/main 00\n';
const authority = new Authority(AT - DAY);

describe('a time-stamp authority', () => {
  let server: AuthorityServer;
  beforeEach(async () => {
    server = await startAuthorityServer(signing(authority, () => AT));
  });
  afterEach(() => server.close());

  const ask = async (answer?: Answer) => {
    if (answer !== undefined) server.answer = answer;
    return await createAuthority(server.url, CLOCK).sign(TEXT, ENDED);
  };

  it('is asked for the hash of the text, with a nonce and for its certificate, and gives a token that is good', async () => {
    const { token, timestamp } = await ask();
    expect(timestamp).toMatchObject({ at: AT, authority: 'CN=Test authority' });
    expect(await tokenReader()(token, TEXT, ENDED)).toMatchObject({ value: { at: AT } });
    const [asked] = server.asked;
    expect(asked).toMatchObject({ method: 'POST', contentType: 'application/timestamp-query' });
    expect(asked?.hash.toString('hex')).toBe(sha256(TEXT));
    // RFC 3161, section 2.4.1: certReq, the last field, is true.
    expect(asked?.body.subarray(-3).toString('hex')).toBe('0101ff');
  });

  it('gets another nonce each time', async () => {
    for (let run = 0; run < 4; run += 1) await ask();
    expect(new Set(server.asked.map(({ nonce }) => nonce)).size).toBe(4);
  });

  it('may add something to its answer: granted with modifications', async () => {
    const modified: Answer = ({ hash, nonce }) => {
      const answer = granted(authority.token('', AT, { hash, nonce }));
      // 3003 020100 at the front: the status.
      const place = answer.indexOf(Buffer.from('3003020100', 'hex')) + 4;
      answer[place] = 1;
      return answer;
    };
    expect((await ask(modified)).timestamp.at).toBe(AT);
  });

  it.each<[string, Answer, string, string]>([
    [
      'signs another hash',
      ({ nonce }) => granted(authority.token('other', AT, { nonce })),
      'timestamp.invalid',
      'cannot be used: its token is for another text',
    ],
    [
      'answers an earlier request',
      ({ hash }) => granted(authority.token('', AT, { hash, nonce: 5n })),
      'timestamp.invalid',
      'cannot be used: its token is the answer to another request',
    ],
    [
      'has no nonce in its token',
      ({ hash }) => granted(authority.token('', AT, { hash })),
      'timestamp.invalid',
      'cannot be used: its token is the answer to another request',
    ],
    [
      'signs with a clock that is behind',
      ({ hash, nonce }) => granted(authority.token('', AT - HOUR, { hash, nonce })),
      'timestamp.invalid',
      'its token was signed at 2026-04-01T00:00:02Z, before the day ended',
    ],
    [
      'signs with a clock that is ahead',
      ({ hash, nonce }) => granted(authority.token('', AT + 6 * MINUTE, { hash, nonce })),
      'timestamp.invalid',
      'its token is of 2026-04-01T01:06:02Z, which is in the future',
    ],
    [
      'signs with a certificate for something else',
      ({ hash, nonce }) => granted(authority.token('', AT, { hash, nonce, purposes: ['1.3.6.1.5.5.7.3.1'] })),
      'timestamp.invalid',
      'its certificate is not for time-stamping',
    ],
    [
      'refuses, and says why',
      () => refused('come back tomorrow'),
      'timestamp.refused',
      'refused to sign: status 2, come back tomorrow',
    ],
    [
      'grants, and gives nothing',
      () => granted(new Uint8Array()),
      'timestamp.invalid',
      'cannot be used: its answer has no token',
    ],
    [
      'answers with a page',
      () => Buffer.from('<!doctype html><title>Welcome</title>'),
      'timestamp.invalid',
      'cannot be used: its answer is not a time-stamp response',
    ],
    [
      'answers with another structure',
      () => sequence(),
      'timestamp.invalid',
      'cannot be used: its answer is not a time-stamp response',
    ],
    [
      'answers with too much',
      () => Buffer.alloc(65 * 1024),
      'timestamp.invalid',
      'cannot be used: its answer has more than 65536 bytes',
    ],
    [
      'fails',
      (_, response) => void response.writeHead(503).end('busy'),
      'timestamp.unavailable',
      'did not answer: it answered with HTTP status 503',
    ],
    [
      'sends elsewhere',
      (_, response) => void response.writeHead(301, { location: 'http://127.0.0.1:1/' }).end(),
      'timestamp.unavailable',
      'did not answer: it answered with HTTP status 301',
    ],
    ['hangs up', (_, response) => void response.destroy(), 'timestamp.unavailable', 'did not answer: '],
  ])('that %s is an error that says so', async (_, answer, code, message) => {
    const host = new URL(server.url).host;
    const error = await ask(answer).catch((caught: unknown) => caught);
    expect(error).toMatchObject({ code, message: expect.stringContaining(message) });
    expect(error).toMatchObject({ message: expect.stringContaining(`the time-stamp authority ${host} `) });
  });

  it('that is silent, or stops in the middle of its answer, is given up', async () => {
    const [silent, half] = await Promise.all(
      [
        () => undefined,
        (_: unknown, response: { write(bytes: Uint8Array): void }) => void response.write(sequence()),
      ].map(async (answer: Answer) => {
        const own = await startAuthorityServer(answer);
        const error = await createAuthority(own.url, CLOCK, 500)
          .sign(TEXT, ENDED)
          .catch((caught: unknown) => caught);
        await own.close();
        return error;
      }),
    );
    for (const error of [silent, half])
      expect(error).toMatchObject({
        code: 'timestamp.unavailable',
        message: expect.stringMatching(/did not answer: no answer within 0\.5 s/),
      });
  });

  it('that is not there is named with the reason', async () => {
    const { host } = new URL(server.url);
    await server.close();
    server = await startAuthorityServer(signing(authority));
    await expect(createAuthority(`http://${host}/tsa`, CLOCK).sign(TEXT, ENDED)).rejects.toMatchObject({
      code: 'timestamp.unavailable',
      message: `the time-stamp authority ${host} did not answer: ECONNREFUSED`,
    });
  });
});
