import { describe, expect, it } from 'vitest';
import { type CheckParts, type CheckSettings, check } from '../../../lambda/collector/check.ts';
import { collect } from '../../../lambda/collector/collect.ts';
import type { AskOverrides } from '../../../lambda/collector/ports.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { remedyOf } from '../../../lambda/core/failures.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { ApiKey } from '../../../lambda/core/keys.ts';
import type { Region, SigningAlgorithm } from '../../../lambda/core/regions.ts';
import type { Refusal, Verdict } from '../../../lambda/core/verdict.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

const ALL: readonly Region[] = ['id', 'sg', 'th'];

/** How one call is answered: about an account, on a host, signed so. */
type Answer = (account: AccountName, host: Region, algorithm: SigningAlgorithm) => Verdict | Promise<Verdict>;

/** A check in memory, and what was asked of whom. */
class Checked extends MemoryParts {
  readonly asked: string[] = [];
  readonly timeouts: number[] = [];
  answer: Answer = () => holding({ BTC: '1' });
  address: string | undefined = '203.0.113.7';
  settings: CheckSettings = {
    ...SETTINGS,
    algorithm: () => 'HS256',
    egressAddress: undefined,
  };

  async check() {
    const { parts } = this;
    const ask = async (account: AccountName, _: ApiKey, timeoutMs: number, overrides: AskOverrides = {}) => {
      const host =
        overrides.region ?? (account.startsWith('sg') ? 'sg' : account.startsWith('id') ? 'id' : 'th');
      const algorithm = overrides.algorithm ?? 'HS256';
      this.timeouts.push(timeoutMs);
      this.asked.push(`${account} at ${host} with ${algorithm}`);
      return await this.answer(account, host, algorithm);
    };
    const more: CheckParts = {
      ...parts,
      exchange: { ...parts.exchange, ask },
      findAddress: async () => this.address,
    };
    return await check(this.settings, more);
  }

  async line() {
    const { accounts } = await this.check();
    return accounts[0];
  }
}

const unknown = refusal('key.invalid', 'never', { wrong: 'accessKey', detail: 'told unknown' });
const unsigned = refusal('key.invalid', 'never', { wrong: 'signature', detail: 'told unsigned' });

describe('a check', () => {
  it('signs in once with every key of the configured regions and writes nothing', async () => {
    const memory = new Checked(secret('sg/main', 'id/main', 'kr/main'));
    memory.settings = { ...memory.settings, regions: ['id', 'sg'] };
    expect(await memory.check()).toEqual({
      check: true,
      version: 'test',
      address: '203.0.113.7',
      addressIsFixed: false,
      accounts: ['id/main', 'sg/main'].map((account) => ({
        account,
        outcome: 'ok',
        currencies: 1,
        expiresAt: null,
        daysToExpiry: null,
      })),
      remarks: [],
    });
    expect(memory.asked).toEqual(['id/main at id with HS256', 'sg/main at sg with HS256']);
    expect([memory.writes, memory.logged, memory.emitted]).toEqual([[], [], []]);
  });

  it('has no address where nobody says, and asks nobody where the stack has its own', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.address = undefined;
    expect(await memory.check()).toMatchObject({ address: null, addressIsFixed: false });
    memory.settings = { ...memory.settings, egressAddress: '198.51.100.1' };
    memory.address = '203.0.113.7';
    expect(await memory.check()).toMatchObject({ address: '198.51.100.1', addressIsFixed: true });
  });

  it('tells when a key expires: what Upbit says, else the secret', async () => {
    const memory = new Checked(secret('sg/main').replace('"}', '","expiresOn":"2026-12-01"}'));
    expect(await memory.line()).toMatchObject({ expiresAt: '2026-12-01T00:00:00Z', daysToExpiry: 8 });
    memory.expiry = () => ({ expiresAt: SLOT + 40 * DAY });
    expect(await memory.line()).toMatchObject({ expiresAt: '2027-01-01T06:00:00Z', daysToExpiry: 40 });
  });

  it('does not ask for the expiry of a key that was refused', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => refusal('key.scope', 'never');
    await memory.check();
    expect(memory.expiryCalls).toEqual([]);
  });

  it('asks nobody about an account without a usable key, and says why and what to do', async () => {
    const memory = new Checked('{"sg":{"main":{"accessKey":"fake-access"}}}');
    expect(await memory.line()).toStrictEqual({
      account: 'sg/main',
      outcome: 'keys.invalid',
      detail: 'sg/main.secretKey is nothing, not text',
      remedy: remedyOf('keys.invalid'),
      currencies: null,
      expiresAt: null,
      daysToExpiry: null,
    });
    expect(memory.asked).toEqual([]);
  });

  it('gives each call five seconds', async () => {
    const memory = new Checked(secret('sg/main'));
    await memory.check();
    expect(memory.timeouts).toEqual([5 * SECOND]);
    expect(memory.expiryCalls.map(({ timeoutMs }) => timeoutMs)).toEqual([5 * SECOND]);
  });

  it.each(['key.expired', 'key.scope', 'key.consent', 'upbit.unavailable', 'upbit.timeout'] as const)(
    'asks once where the answer is %s, and has its remedy',
    async (code) => {
      const memory = new Checked(secret('sg/main'));
      memory.answer = () => refusal(code, 'never');
      expect(await memory.line()).toMatchObject({
        outcome: code,
        detail: `told ${code}`,
        remedy: remedyOf(code),
      });
      expect(memory.asked).toHaveLength(1);
    },
  );
});

describe('where the address is not allowed', () => {
  const notAllowed = refusal('key.addressNotAllowed', 'never');

  it('the remedy names the address to register, and how to get one that stays', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => notAllowed;
    const line = await memory.line();
    expect(line?.detail).toBe('told key.addressNotAllowed, asked from 203.0.113.7');
    expect(line?.remedy).toMatch(
      /^Register 203\.0\.113\.7 with the key at Upbit\. It may be another one next time/,
    );
  });

  it('and it is fixed, registering it is all there is to do', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => notAllowed;
    memory.settings = { ...memory.settings, egressAddress: '198.51.100.1' };
    expect((await memory.line())?.remedy).toBe('Register 198.51.100.1 with the key at Upbit.');
  });

  it('and nobody knows it, the remedy is the general one', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => notAllowed;
    memory.address = undefined;
    expect((await memory.line())?.remedy).toBe(remedyOf('key.addressNotAllowed'));
  });
});

describe('where the signature is not right, the other algorithm is tried once', () => {
  async function tried(answer: Verdict) {
    const memory = new Checked(secret('sg/main'));
    memory.answer = (_, __, algorithm) => (algorithm === 'HS256' ? unsigned : answer);
    const line = await memory.line();
    expect(memory.asked).toEqual(['sg/main at sg with HS256', 'sg/main at sg with HS512']);
    return line;
  }

  it('and it works: the configuration key to set is named', async () => {
    expect(await tried(holding({}))).toMatchObject({
      outcome: 'key.invalid',
      detail:
        'told unsigned to a token signed with HS256, but takes one signed with HS512: the algorithm is not the one it wants',
      remedy: 'Set the configuration key jwtAlg to HS512 and deploy; it holds for all regions.',
    });
  });

  it('and it works, but the key lacks something: both are told', async () => {
    expect(await tried(refusal('key.scope', 'never'))).toMatchObject({
      detail:
        'told unsigned to a token signed with HS256, but told key.scope to one signed with HS512: the algorithm is not the one it wants',
      remedy: 'Set the configuration key jwtAlg to HS512 and deploy; it holds for all regions.',
    });
  });

  it('and neither works: the secret key is wrong', async () => {
    const line = await tried(unsigned);
    expect(line?.detail).toBe(
      'told unsigned to a token signed with HS256, and to one signed with HS512: the secret key does not belong to this access key',
    );
    expect(line?.remedy).toContain('Copy both keys again');
  });

  it('and cannot be tried: that is told', async () => {
    expect(await tried(refusal('upbit.timeout', 'later'))).toMatchObject({
      detail: 'told unsigned to a token signed with HS256; HS512 could not be tried: told upbit.timeout',
      remedy: remedyOf('key.invalid'),
    });
  });

  it('from HS512 it is HS256', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.settings = { ...memory.settings, algorithm: () => 'HS512' };
    memory.answer = () => unsigned;
    await memory.check();
    expect(memory.asked.at(-1)).toBe('sg/main at sg with HS256');
  });
});

describe('where the access key is not known, it is tried at the other configured regions', () => {
  async function tried(answers: Partial<Record<Region, Verdict>>, regions = ALL) {
    const memory = new Checked(secret('sg/main'));
    memory.settings = { ...memory.settings, regions };
    memory.answer = (account, host) => (account === 'sg/main' ? (answers[host] ?? unknown) : holding({}));
    const { accounts } = await memory.check();
    const line = accounts.find(({ account }) => account === 'sg/main');
    const hosts = memory.asked.filter((call) => call.startsWith('sg/main')).map((call) => call.split(' ')[2]);
    return { line, hosts };
  }

  it.each<[string, Verdict]>([
    ['holds balances', holding({})],
    ['has expired', refusal('key.expired', 'never')],
    ['lacks the permission', refusal('key.scope', 'never')],
    ['is not allowed from here', refusal('key.addressNotAllowed', 'never')],
    ['is badly signed', unsigned],
  ])('and there it %s: it stands under the wrong region', async (_, verdict) => {
    const { line, hosts } = await tried({ th: verdict });
    expect(hosts).toEqual(['sg', 'id', 'th']);
    expect(line).toMatchObject({
      outcome: 'key.invalid',
      detail: 'told unknown, but Upbit Thailand (th) knows the key: it stands under the wrong region',
      remedy:
        'In the secret, move the entry of sg/main to "th", and close sg/main where it has been collected.',
    });
  });

  it('until one knows it, and no further', async () => {
    expect((await tried({ id: holding({}) })).hosts).toEqual(['sg', 'id']);
  });

  it('and none knows it: the regions that were not tried are named, and what else it may be', async () => {
    const { line } = await tried({});
    expect(line?.detail).toBe('told unknown: the access key is not known there, nor at id and th');
    expect(line?.remedy).toBe(
      'Most often such a key was made on another site of Upbit (kr): then put it under that region in the secret. Else it was deleted, or not copied whole: copy both keys again, or make a new key on the site of Upbit Singapore.',
    );
  });

  it('and one cannot say: it stays among those that it may be of', async () => {
    const { line } = await tried({ id: refusal('upbit.unavailable', 'later') });
    expect(line?.detail).toBe('told unknown: the access key is not known there, nor at th');
    expect(line?.remedy).toContain('another site of Upbit (id, kr)');
  });

  it('and never at a region that is not configured', async () => {
    const { line, hosts } = await tried({ id: holding({}) }, ['sg']);
    expect(hosts).toEqual(['sg']);
    expect(line?.detail).toBe('told unknown: the access key is not known there');
    expect(line?.remedy).toContain('another site of Upbit (id, th, kr)');
  });

  it('where all four do not know it, it was deleted or badly copied', async () => {
    const { line } = await tried({}, ['id', 'kr', 'sg', 'th']);
    expect(line?.remedy).toMatch(/^It was deleted, or not copied whole/);
  });
});

describe('a block', () => {
  const block = (whom: 'account' | 'address', now: number): Refusal =>
    refusal('upbit.blocked', 'never', { block: { until: now + HOUR, whom } });

  it('that a check meets is remembered: the next one asks nobody before it ends', async () => {
    const memory = new Checked(secret('sg/main', 'sg/other'));
    memory.answer = (account) => (account === 'sg/main' ? block('account', memory.now) : holding({}));
    expect(await memory.line()).toMatchObject({ outcome: 'upbit.blocked', detail: 'told upbit.blocked' });
    memory.now += HOUR - SECOND;
    expect(await memory.line()).toMatchObject({
      outcome: 'upbit.blocked',
      detail: 'not asked: Upbit’s block lasts until 2026-11-22T07:00:00Z',
    });
    expect(memory.asked.filter((call) => call.startsWith('sg/main'))).toHaveLength(1);
    expect(memory.asked.filter((call) => call.startsWith('sg/other'))).toHaveLength(2);
    memory.now += SECOND;
    await memory.check();
    expect(memory.asked.filter((call) => call.startsWith('sg/main'))).toHaveLength(2);
    expect(memory.writes).toEqual([]);
  });

  it('of the address is one of the whole region, of the calls about other accounts too', async () => {
    const memory = new Checked(secret('sg/main', 'sg/other', 'id/main'));
    memory.settings = { ...memory.settings, regions: ['id', 'sg'] };
    memory.answer = (account, host) => {
      if (host === 'sg') return block('address', memory.now);
      return account === 'id/main' ? unknown : holding({});
    };
    await memory.check();
    memory.asked.length = 0;
    const { accounts } = await memory.check();
    expect(memory.asked).toEqual(['id/main at id with HS256']);
    expect(accounts.map(({ outcome }) => outcome)).toEqual(['key.invalid', 'upbit.blocked', 'upbit.blocked']);
  });

  it('of the address that comes while a key signs in keeps its expiry from being asked', async () => {
    const memory = new Checked(secret('sg/main', 'sg/other'));
    memory.answer = async (account) => {
      if (account === 'sg/other') return block('address', memory.now);
      await new Promise(setImmediate);
      return holding({});
    };
    const { accounts } = await memory.check();
    expect(accounts.map(({ outcome }) => outcome)).toEqual(['ok', 'upbit.blocked']);
    expect(memory.expiryCalls).toEqual([]);
  });

  it('that ends while a key signs in no longer keeps its expiry from being asked', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => {
      memory.blocks.note('sg/main', 'sg', { until: memory.now, whom: 'account' });
      return holding({});
    };
    await memory.check();
    expect(memory.expiryCalls).toHaveLength(1);
  });

  it('that a check meets is obeyed by the runs of the same process', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => block('account', memory.now);
    await memory.check();
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, memory.now + 5 * MINUTE);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'upbit.blocked',
      attempts: 0,
      detail: 'not asked: Upbit’s block lasts until 2026-11-22T07:00:00Z',
    });
    expect(memory.calls).toEqual([]);
  });

  it('that the question for the expiry meets is remembered too', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.expiry = () => ({ block: { until: memory.now + HOUR, whom: 'account' } });
    expect(await memory.line()).toMatchObject({ outcome: 'ok' });
    expect(await memory.line()).toMatchObject({ outcome: 'upbit.blocked' });
    expect(memory.asked).toHaveLength(1);
  });
});
