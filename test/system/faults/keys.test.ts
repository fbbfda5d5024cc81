import { afterEach, describe, expect, it } from 'vitest';
import type { AccountName } from '../../../lambda/core/account.ts';
import { formatSecond, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { type LocalParts, named, simulated, startLocalParts } from '../../support/local-parts.ts';
import { SLOT, secret } from '../../support/memory-parts.ts';

let parts: LocalParts;
afterEach(() => parts.close());

const KEY = { accessKey: 'fake-access-sg-main', secretKey: 'fake-secret-sg-main' };
const snapshot = { balances: [{ currency: 'ADA' }] };

async function start(names: readonly string[], keysText?: string | null): Promise<void> {
  const text = keysText === null ? { keysText: undefined } : keysText === undefined ? {} : { keysText };
  // Secrets Manager's client makes three attempts, a few tenths of a second apart; one shows the same.
  parts = await startLocalParts(names.map(named), { maxAttempts: 1, ...text });
}
const event = (slot = SLOT) => ({ slot: formatSecond(slot) });
const run = async (collector = parts.cold(), slot = SLOT) => {
  parts.clock.set(slot + SECOND);
  return await collector(event(slot), slot + 5 * MINUTE);
};
const failureOf = async (account: AccountName, slot = SLOT) => await parts.item(account, slot);

describe('missing keys', () => {
  it('faults row 47: of one region are recorded for it, and the others are collected', async () => {
    await start(['sg/main', 'id/main'], secret('id/main'));
    await run();
    expect(await failureOf('sg/main')).toMatchObject({ failure: 'keys.missing', attempts: 0 });
    expect(await parts.item('id/main')).toMatchObject(snapshot);
    expect((await parts.reader.catalog()).accounts.has('sg/main')).toBe(false);
  });

  it('faults row 47: of an account no longer in the secret are recorded at each slot, and the others are collected', async () => {
    await start(['sg/main', 'sg/old']);
    await run();
    expect(await parts.item('sg/old')).toMatchObject(snapshot);
    parts.putSecret(secret('sg/main'));
    for (const slot of [SLOT + HOUR, SLOT + 2 * HOUR]) {
      await run(parts.cold(), slot);
      expect(await failureOf('sg/old', slot)).toMatchObject({ failure: 'keys.missing', attempts: 0 });
      expect(await parts.item('sg/main', slot)).toMatchObject(snapshot);
    }
  });

  it.each([
    ['no value', null],
    ['{}', '{}'],
  ])('faults row 48: a secret with %s is recorded for each region, and the run returns', async (_, text) => {
    await start(['sg/main', 'id/main'], text);
    const report = await run();
    expect(report.accounts).toMatchObject([
      { account: 'id/main', outcome: 'keys.missing', attempts: 0 },
      { account: 'sg/main', outcome: 'keys.missing', attempts: 0 },
    ]);
    expect(await failureOf('sg/main')).toMatchObject({ failure: 'keys.missing' });
    expect(parts.upbit.calls).toEqual([]);
  });
});

describe('an invalid secret', () => {
  it.each([
    ['fake-secret-sg-main', 'the secret is not JSON'],
    ['{"sg":{"main":{"accessKey":"fake-access-sg-main"', 'the secret is not JSON'],
    ['["fake-secret-sg-main"]', 'the secret is an array, not an object of regions'],
    ['"fake-secret-sg-main"', 'the secret is a string, not an object of regions'],
    ['null', 'the secret is null, not an object of regions'],
  ])('faults row 48: %j makes the run throw, without revealing it', async (text, message) => {
    await start(['sg/main'], text);
    const thrown: unknown = await run().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ code: 'secret.unreadable', message });
    expect(JSON.stringify([String(thrown), parts.written])).not.toMatch(/fake-(access|secret)/);
    expect(await failureOf('sg/main')).toBeUndefined();
    expect(parts.upbit.calls).toEqual([]);
  });

  it('faults row 48: one bad entry affects only its own account, and its path is named', async () => {
    const bad = { accessKey: '"fake-access-sg-bad"', secretKey: 'fake-secret-sg-bad' };
    await start(['sg/main', 'sg/bad'], JSON.stringify({ sg: { main: KEY, bad } }));
    await run();
    const failure = await failureOf('sg/bad');
    expect(failure).toMatchObject({
      failure: 'keys.invalid',
      attempts: 0,
      detail: 'sg/bad.accessKey has a quote, white space or other invalid character',
    });
    expect(JSON.stringify([failure, parts.written])).not.toContain('fake-access-sg-bad');
    expect(await parts.item('sg/main')).toMatchObject(snapshot);
  });

  it.each([
    ['white space', ' \t', '  '],
    ['a byte order mark', '\ufeff', ''],
    ['new lines', '\r\n', '\r\n'],
  ])('faults row 48: %s around it is fine', async (_, before, after) => {
    await start(['sg/main'], before + secret('sg/main') + after);
    await run();
    expect(await parts.item('sg/main')).toMatchObject(snapshot);
  });

  describe('in which a member appears twice', () => {
    const entry = (name: string) =>
      `{"accessKey":"fake-access-sg-${name}","secretKey":"fake-secret-sg-${name}"}`;
    const id = '"id":{"main":{"accessKey":"fake-access-id-main","secretKey":"fake-secret-id-main"}}';

    it.each<[string, string, readonly AccountName[], string]>([
      [
        'a region',
        `{"sg":{"main":${entry('main')}},${id},"sg":{"other":${entry('other')}}}`,
        ['sg/main', 'sg/other'],
        'sg appears twice in the secret',
      ],
      [
        'a region, twice the same',
        `{"sg":{"main":${entry('main')}},"sg":{"main":${entry('main')}},${id}}`,
        ['sg/main'],
        'sg appears twice in the secret',
      ],
      [
        'an account',
        `{"sg":{"main":${entry('main')},"main":${entry('other')}},${id}}`,
        ['sg/main'],
        'sg/main appears twice in the secret',
      ],
      [
        'a field',
        `{"sg":{"main":{"accessKey":"fake-access-sg-other",${entry('main').slice(1)}},${id}}`,
        ['sg/main'],
        'sg/main.accessKey appears twice in the secret',
      ],
    ])(
      'faults row 48b: %s: its accounts are not asked, and the others are',
      async (_, text, accounts, detail) => {
        await start(['sg/main', 'sg/other', 'id/main'], text);
        await run();
        for (const account of accounts)
          expect(await failureOf(account)).toMatchObject({ failure: 'keys.duplicate', attempts: 0, detail });
        expect(await parts.item('id/main')).toMatchObject(snapshot);
        expect(parts.upbit.calls.map(({ accessKey }) => accessKey)).toEqual(['fake-access-id-main']);
      },
    );

    it('faults row 48b: a field that is no key: the account is asked, and a remark names the place', async () => {
      const dates = '"expiresOn":"2027-10-01","expiresOn":"2028-10-01"';
      await start(['sg/main'], `{"sg":{"main":{${dates},${entry('main').slice(1)}}}`);
      const report = await run();
      expect(await parts.item('sg/main')).toMatchObject(snapshot);
      expect(report).toMatchObject({
        remarks: ['sg/main.expiresOn appears twice; no reminder will be sent'],
      });
    });
  });

  it('faults row 51: the same key under two names is used for neither, and the others are collected', async () => {
    const other = { accessKey: 'fake-access-sg-other', secretKey: 'fake-secret-sg-other' };
    await start(['sg/main', 'sg/other'], JSON.stringify({ sg: { main: KEY, copy: KEY, other } }));
    await run();
    for (const account of ['sg/main', 'sg/copy'] as const) {
      expect(await failureOf(account)).toMatchObject({
        failure: 'keys.duplicate',
        attempts: 0,
        detail: 'the same access key is under sg/main and sg/copy',
      });
    }
    expect(await parts.item('sg/other')).toMatchObject(snapshot);
    expect(parts.upbit.calls.map(({ accessKey }) => accessKey)).toEqual([other.accessKey]);
  });
});

describe('a key that is replaced', () => {
  it('faults row 49: while the process is warm is read again, used at once, and the snapshot is kept', async () => {
    await start(['sg/main', 'sg/other']);
    const warm = parts.cold();
    await run(warm);
    const rotated = { ...simulated('sg/main'), accessKey: 'fake-access-rotated' };
    parts.upbit.accounts.delete('fake-access-sg-main');
    parts.upbit.accounts.set(rotated.accessKey, rotated);
    const other = { accessKey: 'fake-access-sg-other', secretKey: 'fake-secret-sg-other' };
    const main = { accessKey: rotated.accessKey, secretKey: rotated.secretKey };
    parts.putSecret(JSON.stringify({ sg: { main, other } }));
    parts.clock.set(SLOT + MINUTE);
    const report = await warm({ manual: true }, SLOT + 6 * MINUTE);
    expect(report.accounts).toMatchObject([
      { account: 'sg/main', outcome: 'ok', attempts: 2 },
      { account: 'sg/other', outcome: 'ok', attempts: 1 },
    ]);
    expect(parts.secrets.calls()).toBe(2);
    expect(await parts.item('sg/main', SLOT + MINUTE)).toMatchObject(snapshot);
  });
});

describe('Secrets Manager', () => {
  it.each(['at once', 'after some days'] as const)(
    'faults row 50: the secret is deleted %s: keys in memory serve until they are an hour old, and a cold run throws',
    async (how) => {
      await start(['sg/main']);
      const warm = parts.cold();
      await run(warm);
      parts.secrets.delete('keys', how);
      await run(warm, SLOT + HOUR);
      expect(await parts.item('sg/main', SLOT + HOUR)).toMatchObject(snapshot);
      expect(parts.secrets.calls(), 'it was called, and failed').toBe(2);

      const thrown = { code: 'secret.unavailable' };
      await expect(run(parts.cold(), SLOT + HOUR)).rejects.toMatchObject(thrown);
      await expect(run(warm, SLOT + 2 * HOUR)).rejects.toMatchObject(thrown);
      expect(await failureOf('sg/main', SLOT + 2 * HOUR)).toBeUndefined();
    },
  );

  it.each(['throttled', 'unavailable', 'denied'] as const)(
    'faults row 50: %s, is not needed until the keys in memory are an hour old',
    async (fault) => {
      await start(['sg/main']);
      const warm = parts.cold();
      await run(warm);
      parts.secrets.fail(fault);
      await run(warm, SLOT + HOUR);
      expect(await parts.item('sg/main', SLOT + HOUR)).toMatchObject(snapshot);
      expect(parts.secrets.calls(), 'it was called, and failed').toBe(2);

      const thrown = { code: 'secret.unavailable' };
      await expect(run(warm, SLOT + 2 * HOUR)).rejects.toMatchObject(thrown);
      await expect(run(parts.cold(), SLOT + 2 * HOUR)).rejects.toMatchObject(thrown);
      expect(await failureOf('sg/main', SLOT + 2 * HOUR)).toBeUndefined();
      expect(parts.upbit.calls).toHaveLength(2);

      parts.secrets.fail(undefined);
      await run(warm, SLOT + 2 * HOUR);
      expect(await parts.item('sg/main', SLOT + 2 * HOUR)).toMatchObject(snapshot);
    },
  );
});
