import { describe, expect, it } from 'vitest';
import { type CheckParts, type CheckSettings, check } from '../../../lambda/collector/check.ts';
import { collect } from '../../../lambda/collector/collect.ts';
import type { AskOverrides } from '../../../lambda/collector/ports.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { EMPTY_CATALOG, withAccount } from '../../../lambda/core/catalog.ts';
import { remedyOf } from '../../../lambda/core/failures.ts';
import { DAY, HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import type { ApiKey } from '../../../lambda/core/keys.ts';
import type { Region, SigningAlgorithm } from '../../../lambda/core/regions.ts';
import type { Refusal, Verdict } from '../../../lambda/core/verdict.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

const ALL: readonly Region[] = ['id', 'sg', 'th'];

/** The answer to one call: for an account, on a host, with an algorithm. */
type Answer = (account: AccountName, host: Region, algorithm: SigningAlgorithm) => Verdict | Promise<Verdict>;

/** A check in memory, and the calls it made. */
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

  it('has no address if it is unknown, and looks none up if the stack has a fixed one', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.address = undefined;
    expect(await memory.check()).toMatchObject({ address: null, addressIsFixed: false });
    memory.settings = { ...memory.settings, egressAddress: '198.51.100.1' };
    memory.address = '203.0.113.7';
    expect(await memory.check()).toMatchObject({ address: '198.51.100.1', addressIsFixed: true });
  });

  it('reports when a key expires, from Upbit or else from the secret', async () => {
    const memory = new Checked(secret('sg/main').replace('"}', '","expiresOn":"2026-12-01"}'));
    expect(await memory.line()).toMatchObject({ expiresAt: '2026-12-01T00:00:00Z', daysToExpiry: 8 });
    memory.expiry = () => ({ expiresAt: SLOT + 40 * DAY });
    expect(await memory.line()).toMatchObject({ expiresAt: '2027-01-01T06:00:00Z', daysToExpiry: 40 });
  });

  it('does not request the expiry of a refused key', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => refusal('key.scope', 'never');
    await memory.check();
    expect(memory.expiryCalls).toEqual([]);
  });

  it('makes at most 16 calls at a time, with an equal share for each region', async () => {
    const names = Array.from({ length: 60 }, (_, index) => index);
    const memory = new Checked(
      secret(...names.map((index): AccountName => `${index % 2 === 0 ? 'id' : 'sg'}/a${index}`)),
    );
    memory.settings = { ...memory.settings, regions: ['id', 'sg'] };
    const running = new Map<Region, number>();
    const most = new Map<Region, number>();
    memory.answer = async (_, host) => {
      const now = (running.get(host) ?? 0) + 1;
      running.set(host, now);
      most.set(host, Math.max(now, most.get(host) ?? 0));
      await new Promise(setImmediate);
      running.set(host, (running.get(host) ?? 0) - 1);
      return holding({ BTC: '1' });
    };
    const { accounts } = await memory.check();
    expect(accounts.filter(({ outcome }) => outcome === 'ok')).toHaveLength(60);
    expect([...most]).toEqual([
      ['id', 8],
      ['sg', 8],
    ]);
  });

  it('makes no call for an account without a usable key, and says why and what to do', async () => {
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
    'makes one call if the answer is %s, and has its remedy',
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

describe('if the address is not allowed', () => {
  const notAllowed = refusal('key.addressNotAllowed', 'never');

  it('the remedy names the address to register, and how to get a fixed one', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => notAllowed;
    const line = await memory.line();
    expect(line?.detail).toBe('told key.addressNotAllowed, asked from 203.0.113.7');
    expect(line?.remedy).toMatch(/^Register 203\.0\.113\.7 with the key at Upbit\. It may change/);
  });

  it('the remedy says that a list may be empty, but not in Korea', async () => {
    const told = async (account: AccountName) => {
      const memory = new Checked(secret(account));
      memory.settings = { ...memory.settings, regions: ['sg', 'kr'] };
      memory.answer = () => notAllowed;
      const { accounts } = await memory.check();
      return accounts.find((line) => line.account === account)?.remedy;
    };
    const fixed = 'set the configuration key egress to nat-instance or nat-gateway for a fixed one';
    expect(await told('sg/main')).toContain(`${fixed}, or leave the key’s list empty where Upbit allows it.`);
    expect(await told('kr/main')).toContain(`${fixed}.`);
  });

  it('and it is fixed, the remedy is just to register it', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => notAllowed;
    memory.settings = { ...memory.settings, egressAddress: '198.51.100.1' };
    expect((await memory.line())?.remedy).toBe('Register 198.51.100.1 with the key at Upbit.');
  });

  it('and it is unknown, the remedy is the general one', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => notAllowed;
    memory.address = undefined;
    expect((await memory.line())?.remedy).toBe(remedyOf('key.addressNotAllowed'));
  });
});

describe('if the signature is wrong, the other algorithm is tried once', () => {
  async function tried(answer: Verdict) {
    const memory = new Checked(secret('sg/main'));
    memory.answer = (_, __, algorithm) => (algorithm === 'HS256' ? unsigned : answer);
    const line = await memory.line();
    expect(memory.asked).toEqual(['sg/main at sg with HS256', 'sg/main at sg with HS512']);
    return line;
  }

  it('and if it works, the remedy names the configuration key to set', async () => {
    expect(await tried(holding({}))).toMatchObject({
      outcome: 'key.invalid',
      detail:
        'told unsigned to a token signed with HS256, but takes one signed with HS512: the algorithm is wrong',
      remedy: 'Set the configuration key jwtAlg to HS512 and deploy; it applies to all regions.',
    });
  });

  it('and if it works but the key has another problem, both are reported', async () => {
    expect(await tried(refusal('key.scope', 'never'))).toMatchObject({
      detail:
        'told unsigned to a token signed with HS256, but told key.scope to one signed with HS512: the algorithm is wrong',
      remedy: 'Set the configuration key jwtAlg to HS512 and deploy; it applies to all regions.',
    });
  });

  it('and if neither works, the secret key is wrong', async () => {
    const line = await tried(unsigned);
    expect(line?.detail).toBe(
      'told unsigned to a token signed with HS256, and to one signed with HS512: the secret key does not belong to this access key',
    );
    expect(line?.remedy).toContain('Copy both keys again');
  });

  it('and if it cannot be tried, the detail says so', async () => {
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

describe('if the access key is unknown, it is tried at the other configured regions', () => {
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
  ])('and if there it %s, it is filed under the wrong region', async (_, verdict) => {
    const { line, hosts } = await tried({ th: verdict });
    expect(hosts).toEqual(['sg', 'id', 'th']);
    expect(line).toMatchObject({
      outcome: 'key.invalid',
      detail: 'told unknown, but Upbit Thailand (th) knows the key: it is filed under the wrong region',
      remedy: 'In the secret, move the entry of sg/main to "th", and close sg/main if it was ever collected.',
    });
  });

  it('until one knows it', async () => {
    expect((await tried({ id: holding({}) })).hosts).toEqual(['sg', 'id']);
  });

  it('and if none knows it, the remedy names the untried regions, and other causes', async () => {
    const { line } = await tried({});
    expect(line?.detail).toBe('told unknown: the access key is unknown there and at id and th');
    expect(line?.remedy).toBe(
      'Usually such a key was made on another Upbit site (kr): then put it under that region in the secret. Otherwise it was deleted, or not fully copied: copy both keys again, or make a new key on the site of Upbit Singapore.',
    );
  });

  it('and if one cannot tell, it stays among the possible regions', async () => {
    const { line } = await tried({ id: refusal('upbit.unavailable', 'later') });
    expect(line?.detail).toBe('told unknown: the access key is unknown there and at th');
    expect(line?.remedy).toContain('another Upbit site (id, kr)');
  });

  it('but never at a region that is not configured', async () => {
    const { line, hosts } = await tried({ id: holding({}) }, ['sg']);
    expect(hosts).toEqual(['sg']);
    expect(line?.detail).toBe('told unknown: the access key is unknown there');
    expect(line?.remedy).toContain('another Upbit site (id, th, kr)');
  });

  it('and if none of the four knows it, it was deleted or badly copied', async () => {
    const { line } = await tried({}, ['id', 'kr', 'sg', 'th']);
    expect(line?.remedy).toMatch(/^It was deleted, or not fully copied/);
  });
});

describe('a block', () => {
  const block = (whom: 'account' | 'address', now: number): Refusal =>
    refusal('upbit.blocked', 'never', { block: { until: now + HOUR, whom } });

  it('seen by a check is remembered: the next one makes no call before it ends', async () => {
    const memory = new Checked(secret('sg/main', 'sg/other'));
    memory.answer = (account) => (account === 'sg/main' ? block('account', memory.now) : holding({}));
    expect(await memory.line()).toMatchObject({ outcome: 'upbit.blocked', detail: 'told upbit.blocked' });
    memory.now += HOUR - SECOND;
    expect(await memory.line()).toMatchObject({
      outcome: 'upbit.blocked',
      detail: 'skipped: Upbit’s block lasts until 2026-11-22T07:00:00Z',
    });
    expect(memory.asked.filter((call) => call.startsWith('sg/main'))).toHaveLength(1);
    expect(memory.asked.filter((call) => call.startsWith('sg/other'))).toHaveLength(2);
    memory.now += SECOND;
    await memory.check();
    expect(memory.asked.filter((call) => call.startsWith('sg/main'))).toHaveLength(2);
    expect(memory.writes).toEqual([]);
  });

  it('of the address applies to the whole region, including calls for other accounts', async () => {
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

  it('of the address that comes while a key signs in prevents the request for its expiry', async () => {
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

  it('that ends while a key signs in does not prevent the request for its expiry', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => {
      memory.blocks.note('sg/main', 'sg', { until: memory.now, whom: 'account' });
      return holding({});
    };
    await memory.check();
    expect(memory.expiryCalls).toHaveLength(1);
  });

  it('seen by a check is obeyed by runs of the same process', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.answer = () => block('account', memory.now);
    await memory.check();
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, memory.now + 5 * MINUTE);
    expect(memory.item('sg/main')).toMatchObject({
      failure: 'upbit.blocked',
      attempts: 0,
      detail: 'skipped: Upbit’s block lasts until 2026-11-22T07:00:00Z',
    });
    expect(memory.calls).toEqual([]);
  });

  it('of the address seen by a check stops the region’s runs of the same process', async () => {
    const memory = new Checked(secret('sg/main', 'sg/other'));
    memory.answer = (account) => (account === 'sg/main' ? block('address', memory.now) : holding({}));
    await memory.check();
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, memory.now + 5 * MINUTE);
    expect(memory.calls).toEqual([]);
    expect([memory.outcome('sg/main'), memory.outcome('sg/other')]).toEqual([
      'upbit.blocked',
      'upbit.blocked',
    ]);
    // Only the account that met it has it in the catalog.
    expect(memory.catalog.accounts.get('sg/main')).toHaveProperty('blockedUntil', SLOT + HOUR);
    expect(memory.catalog.accounts.get('sg/other')).not.toHaveProperty('blockedUntil');
  });

  it('of the address seen by a run stops the checks of the same process', async () => {
    const memory = new Checked(secret('sg/main', 'sg/other'));
    memory.script = (account) => (account === 'sg/main' ? block('address', memory.now) : holding({}));
    await collect({ slot: SLOT, manual: false }, SETTINGS, memory.parts, memory.now + 5 * MINUTE);
    const { accounts } = await memory.check();
    expect(accounts.map(({ outcome }) => outcome)).toEqual(['upbit.blocked', 'upbit.blocked']);
    expect(memory.asked).toEqual([]);
  });

  it('of the address stops calls for accounts that are still waiting for their turn', async () => {
    const names = Array.from({ length: 40 }, (_, index): AccountName => `sg/a${index}`);
    const memory = new Checked(secret(...names));
    memory.answer = () => block('address', memory.now);
    await memory.check();
    expect(memory.asked).toHaveLength(16);
  });

  it('in the catalog is honoured', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.catalog = withAccount(EMPTY_CATALOG, {
      account: 'sg/main',
      since: SLOT,
      blockedUntil: SLOT + HOUR,
    });
    expect(await memory.line()).toMatchObject({
      outcome: 'upbit.blocked',
      detail: 'skipped: Upbit’s block lasts until 2026-11-22T07:00:00Z',
    });
    expect(memory.asked).toEqual([]);
  });

  it('seen by a request for an expiry is remembered too', async () => {
    const memory = new Checked(secret('sg/main'));
    memory.expiry = () => ({ block: { until: memory.now + HOUR, whom: 'account' } });
    expect(await memory.line()).toMatchObject({ outcome: 'ok' });
    expect(await memory.line()).toMatchObject({ outcome: 'upbit.blocked' });
    expect(memory.asked).toHaveLength(1);
  });
});
