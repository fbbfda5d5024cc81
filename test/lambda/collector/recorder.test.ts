import { describe, expect, it } from 'vitest';
import { collect } from '../../../lambda/collector/collect.ts';
import type { CollectorParts } from '../../../lambda/collector/ports.ts';
import type { AccountName } from '../../../lambda/core/account.ts';
import { EMPTY_CATALOG, withAccount } from '../../../lambda/core/catalog.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { FAILURES } from '../../../lambda/core/failures.ts';
import { HOUR, MINUTE, SECOND } from '../../../lambda/core/instant.ts';
import { encodeItem } from '../../../lambda/core/item.ts';
import { itemBytes, MAX_ITEM_BYTES } from '../../../lambda/core/stored.ts';
import { holding, MemoryParts, refusal, SETTINGS, SLOT, secret } from '../../support/memory-parts.ts';

/** One scheduled run with the whole time limit, optionally with other parts. */
async function run(memory: MemoryParts, other: Partial<CollectorParts> = {}, slot = SLOT, manual = false) {
  const parts = { ...memory.parts, ...other };
  return await collect({ slot, manual }, SETTINGS, parts, memory.now + 5 * MINUTE);
}

const linesOf = (memory: MemoryParts) => memory.logged.filter(({ message }) => message === 'account');

describe('an account’s log line', () => {
  it('has the attempts, currencies, duration and key of a snapshot', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + SECOND);
    memory.script = () => {
      memory.now += 700;
      return holding({ BTC: '1', ETH: '2' });
    };
    await run(memory);
    expect(linesOf(memory)).toStrictEqual([
      {
        level: 'INFO',
        message: 'account',
        slot: '2026-11-22T06:00:00Z',
        account: 'sg/main',
        outcome: 'ok',
        attempts: 1,
        milliseconds: 700,
        currencies: 2,
        keyId: 'of fake-access-sg-main',
      },
    ]);
  });

  it('says exactly what happened in a failure, and what to do', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => refusal('key.scope', 'never');
    await run(memory);
    expect(linesOf(memory)).toStrictEqual([
      {
        level: 'WARN',
        message: 'account',
        slot: '2026-11-22T06:00:00Z',
        account: 'sg/main',
        outcome: 'key.scope',
        attempts: 1,
        milliseconds: 0,
        currencies: null,
        detail: 'told key.scope',
        remedy: FAILURES['key.scope'].remedy,
        keyId: 'of fake-access-sg-main',
      },
    ]);
  });

  it('of a refused answer does not contain the answer, but the item does', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const answer = { text: '[{"currency":"ADA","available":"1"}]', isCut: false };
    memory.script = () => refusal('response.malformed', 'never', { answer });
    await run(memory);
    expect(memory.item('sg/main')).toMatchObject({ failure: 'response.malformed', answer });
    expect(linesOf(memory)).toMatchObject([{ outcome: 'response.malformed' }]);
    expect(JSON.stringify(memory.logged)).not.toContain('available');
  });

  it('of a snapshot that replaces a refused answer has none of it in the item', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = (_, call) =>
      call === 1
        ? refusal('response.malformed', 'never', { answer: { text: '{}', isCut: false } })
        : holding({ BTC: '1' });
    await run(memory);
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('ok');
    expect(memory.item('sg/main')).not.toHaveProperty('answer');
  });

  it('names no key if none was used', async () => {
    const memory = new MemoryParts('{}');
    await run(memory);
    expect(linesOf(memory)).toMatchObject([{ outcome: 'keys.missing', attempts: 0 }]);
    expect(linesOf(memory)[0]).not.toHaveProperty('keyId');
  });

  it('is not a warning if the slot of a failure was already recorded', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    await run(memory);
    memory.script = () => refusal('key.scope', 'never');
    await run(memory);
    expect(linesOf(memory).map(({ level, outcome }) => [level, outcome])).toStrictEqual([
      ['INFO', 'ok'],
      ['INFO', 'duplicate'],
    ]);
    expect(linesOf(memory)[0]).not.toHaveProperty('detail');
  });

  it.each([
    [true, 'this answer differs from the slot’s snapshot; the first is kept'],
    [false, undefined],
  ])('says whether the amounts of a second answer differ: %j', async (differs, detail) => {
    const memory = new MemoryParts(secret('sg/main'));
    const record = async () => ({ kind: 'duplicate', differs }) as const;
    await run(memory, { ledger: { ...memory.parts.ledger, record } });
    expect(linesOf(memory)).toMatchObject([{ level: 'INFO', outcome: 'duplicate', currencies: 1 }]);
    expect(linesOf(memory)[0]?.detail).toBe(detail);
  });

  it('is an error with what was thrown, if the write may not be stored', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.broken = (about) => about === 'sg/main';
    await expect(run(memory)).rejects.toMatchObject({ code: 'run.unrecorded' });
    expect(linesOf(memory)).toMatchObject([
      { level: 'ERROR', outcome: 'unrecorded', detail: 'no write about sg/main' },
    ]);
  });
});

it('the report lists the accounts in order, whichever was recorded first', async () => {
  const memory = new MemoryParts(secret('sg/a', 'sg/b', 'sg/c'));
  memory.script = (account, call) =>
    account === 'sg/a' && call === 1 ? refusal('upbit.unavailable', 'later') : holding({ BTC: '1' });
  const { accounts } = await run(memory);
  expect(linesOf(memory).map(({ account }) => account)).toStrictEqual(['sg/b', 'sg/c', 'sg/a']);
  expect(accounts.map(({ account }) => account)).toStrictEqual(['sg/a', 'sg/b', 'sg/c']);
});

describe('an item', () => {
  it('has the time of its answer, the writer, the key’s fingerprint and the names of unknown fields', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const answer = { ...holding({ BTC: '1' }), unknownFields: ['staked'] };
    memory.script = () => {
      memory.now += 300;
      return answer;
    };
    await run(memory);
    expect(memory.item('sg/main')).toStrictEqual({
      account: 'sg/main',
      slot: SLOT,
      observedAt: SLOT + 300,
      manual: false,
      writer: 'test',
      balances: 'balances' in answer ? answer.balances : [],
      unknownFields: ['staked'],
      keyId: 'of fake-access-sg-main',
    });
  });

  it('of a failure has the time at which it was decided, and no key if none was used', async () => {
    const memory = new MemoryParts('{}', SLOT + 2 * SECOND);
    await run(memory);
    expect(memory.item('sg/main')).toStrictEqual({
      account: 'sg/main',
      slot: SLOT,
      observedAt: SLOT + 2 * SECOND,
      manual: false,
      writer: 'test',
      failure: 'keys.missing',
      detail: 'the secret has no entry for sg/main',
      attempts: 0,
    });
  });

  /** The verdict for an account that holds one currency, padded so that its item has so many bytes. */
  function answerOf(bytes: number) {
    const answer = (padding: number) => ({ ...holding({ BTC: '1' }), unknownFields: ['x'.repeat(padding)] });
    const { account, slot } = { account: 'sg/main', slot: SLOT } as const;
    const recorded = { account, slot, observedAt: slot, manual: false, writer: 'test' };
    const entry = { balances: [], ...answer(1), ...recorded, keyId: 'of fake-access-sg-main' };
    return answer(1 + bytes - itemBytes(encodeItem(entry)));
  }

  it('may have as many bytes as DynamoDB accepts, and with one more is a failure that says so', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    memory.script = () => answerOf(MAX_ITEM_BYTES);
    await run(memory);
    expect(memory.outcome('sg/main')).toBe('ok');
    memory.now = SLOT + HOUR;
    memory.script = () => answerOf(MAX_ITEM_BYTES + 1);
    await run(memory, {}, SLOT + HOUR);
    expect(memory.item('sg/main', SLOT + HOUR)).toMatchObject({
      failure: 'response.tooLarge',
      detail: 'the snapshot of 1 currencies has about 409601 bytes; the limit is 409600',
      keyId: 'of fake-access-sg-main',
    });
  });
});

describe('a write', () => {
  it('may take until the slot has settled, 60 s after its tolerance', async () => {
    const memory = new MemoryParts(secret('sg/main'), SLOT + 2 * MINUTE);
    const given: number[] = [];
    const { record, putAccount, addSchedule } = memory.parts.ledger;
    const ledger: CollectorParts['ledger'] = {
      ...memory.parts.ledger,
      record: (entry, timeoutMs) => {
        given.push(timeoutMs / SECOND);
        return record(entry, timeoutMs);
      },
      putAccount: (before, after, timeoutMs) => {
        given.push(timeoutMs / SECOND);
        return putAccount(before, after, timeoutMs);
      },
      addSchedule: (entry, timeoutMs) => {
        given.push(timeoutMs / SECOND);
        return addSchedule(entry, timeoutMs);
      },
    };
    await run(memory, { ledger });
    expect(given).toStrictEqual([240, 240, 240]);
  });

  it('has 5 s after one that failed, and all its time again after one that succeeded', async () => {
    const names = Array.from({ length: 30 }, (_, index): AccountName => `sg/a${index}`);
    const memory = new MemoryParts(secret(...names));
    const given: number[] = [];
    const record: CollectorParts['ledger']['record'] = async (_, timeoutMs) => {
      given.push(timeoutMs / SECOND);
      // The writes that run at once fail together; the one after them does not.
      if (given.length <= 8) throw new CodedError('ledger.unavailable', 'gone');
      return { kind: 'recorded' };
    };
    await expect(run(memory, { ledger: { ...memory.parts.ledger, record } })).rejects.toThrow();
    expect(given[8]).toBe(5);
    expect(given.at(-1)).toBe(given[0]);
    expect(given[0]).toBeGreaterThan(60);
  });

  it('of an entry that others keep changing is tried four times', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    let tries = 0;
    const putAccount = async () => {
      tries += 1;
      throw new CodedError('ledger.changed', 'changed');
    };
    await expect(run(memory, { ledger: { ...memory.parts.ledger, putAccount } })).rejects.toMatchObject({
      cause: { code: 'ledger.changed' },
    });
    expect(tries).toBe(4);
  });

  it('that fails otherwise is not retried', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    let tries = 0;
    const putAccount = async () => {
      tries += 1;
      throw new CodedError('ledger.unavailable', 'gone');
    };
    await expect(run(memory, { ledger: { ...memory.parts.ledger, putAccount } })).rejects.toThrow();
    expect(tries).toBe(1);
  });

  it('that fails first is the cause of the error that the run throws', async () => {
    const memory = new MemoryParts(secret('sg/a', 'sg/b'));
    memory.broken = (about) => about !== 'schedule';
    await expect(run(memory)).rejects.toMatchObject({
      message:
        '2 of 2 accounts could not be recorded for 2026-11-22T06:00:00Z, and the run must be retried: sg/a, sg/b',
      cause: { message: 'no write about sg/a' },
    });
  });

  it('to the catalog also updates the cached catalog', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    let held = EMPTY_CATALOG;
    const update: CollectorParts['catalog']['update'] = (change) => {
      held = change(held);
    };
    await run(memory, { catalog: { ...memory.parts.catalog, update } });
    expect(held).toStrictEqual(memory.catalog);
    expect([...held.accounts.values()]).toStrictEqual([{ account: 'sg/main', since: SLOT }]);
  });

  it('to the catalog for an account is followed by the next one for it without a reload', async () => {
    const midnight = SLOT + 18 * HOUR;
    const memory = new MemoryParts(secret('sg/main'), midnight);
    memory.expiry = () => ({ block: { until: midnight + HOUR, whom: 'account' } });
    let looks = 0;
    const reload = async () => {
      looks += 1;
      return memory.catalog;
    };
    await run(memory, { catalog: { ...memory.parts.catalog, reload } }, midnight);
    expect(memory.catalog.accounts.get('sg/main')?.blockedUntil).toBe(midnight + HOUR);
    expect(looks).toBe(0);
  });

  it('of a block that fails because of a bug makes the run throw', async () => {
    const midnight = SLOT + 18 * HOUR;
    const memory = new MemoryParts(secret('sg/main'), midnight);
    memory.expiry = () => {
      memory.broken = () => {
        throw new TypeError('a fault of this program');
      };
      return { block: { until: midnight + HOUR, whom: 'account' } };
    };
    await expect(run(memory, {}, midnight)).rejects.toThrow(TypeError);
  });

  it('to the catalog is skipped if the entry would not change', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const closedLater = { account: 'sg/main', since: SLOT - HOUR, closedFrom: SLOT + 1 } as const;
    memory.catalog = withAccount(EMPTY_CATALOG, closedLater);
    await run(memory);
    expect(memory.writes).toStrictEqual(['catalog schedule', 'item sg/main']);
    expect(memory.catalog.accounts.get('sg/main')).toStrictEqual(closedLater);
  });

  it('of a block no longer than the known one is skipped', async () => {
    const memory = new MemoryParts(secret('sg/main'));
    const blocked = { account: 'sg/main', since: SLOT - HOUR, blockedUntil: SLOT } as const;
    memory.catalog = withAccount(EMPTY_CATALOG, blocked);
    memory.script = () => refusal('upbit.blocked', 'never', { block: { until: SLOT, whom: 'account' } });
    await run(memory);
    expect(memory.writes).toStrictEqual(['catalog schedule', 'item sg/main']);
  });
});
