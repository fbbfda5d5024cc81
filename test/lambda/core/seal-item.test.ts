import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { Seal, SealedItem } from '../../../lambda/core/seal.ts';
import { decodeSeal, encodeSeal } from '../../../lambda/core/seal-item.ts';
import { time } from '../../support/memory-ledger.ts';

const HASH = 'ab'.repeat(32);
const SEAL: Seal = {
  from: time('2026-03-30T17:00:00Z'),
  timeZone: 'Asia/Bangkok',
  root: HASH,
  previous: 'cd'.repeat(32),
  accounts: new Map([
    ['#price/sg', HASH],
    ['sg/main', 'ef'.repeat(32)],
  ]),
  items: new Map([
    ['#price/sg', 24],
    ['sg/main', 1_440],
  ]),
  sealedAt: time('2026-03-31T18:00:01Z') + 234,
  writer: '0.1.0',
};

describe('the item of a seal', () => {
  it('has the form of docs/ledger.md', () => {
    expect(encodeSeal(SEAL)).toStrictEqual({
      account: { S: '#seal' },
      slot: { S: '2026-03-30T17:00:00Z' },
      day: { S: '2026-03-31' },
      timeZone: { S: 'Asia/Bangkok' },
      root: { S: HASH },
      previous: { S: 'cd'.repeat(32) },
      accounts: { M: { '#price/sg': { S: HASH }, 'sg/main': { S: 'ef'.repeat(32) } } },
      items: { M: { '#price/sg': { N: '24' }, 'sg/main': { N: '1440' } } },
      sealedAt: { S: '2026-03-31T18:00:01.234Z' },
      v: { N: '1' },
      writer: { S: '0.1.0' },
    });
  });

  it('is read back as it was, the first one without a previous', () => {
    const first: Seal = { ...SEAL, previous: undefined, accounts: new Map(), items: new Map() };
    const stamped: Seal = { ...SEAL, timestamp: new Uint8Array([0x30, 0]) };
    for (const seal of [SEAL, first, stamped]) expect(decodeSeal(encodeSeal(seal)).value).toEqual(seal);
    expect(encodeSeal(stamped)['timestamp']).toStrictEqual({ B: stamped.timestamp });
    expect(encodeSeal(first)).not.toHaveProperty('previous');
  });

  it.each<[string, SealedItem, string]>([
    ['a slot', { slot: { S: '2026-03-30' } }, 'its slot is not of the form 2026-11-22T06:00:00Z'],
    ['a version', { v: { N: '2' } }, 'its schema version is 2, and this program reads 1'],
    ['a time zone', { timeZone: { S: 'Europe/Paris' } }, 'its timeZone is not a time zone of a stack'],
    ['the first instant', { timeZone: { S: 'UTC' } }, 'its slot is not the first instant of a day'],
    ['a day', { day: { S: '2026-03-30' } }, 'its day is not the day of its slot'],
    ['a root', { root: { S: HASH.toUpperCase() } }, 'its root is not 64 hex digits'],
    ['a previous', { previous: { S: '-' } }, 'its previous is not 64 hex digits'],
    ['text as a token', { timestamp: { S: 'x' } }, 'its timestamp is not of the kind B'],
    ['text as previous', { previous: { N: '1' } }, 'its previous is not 64 hex digits'],
    [
      'sealedAt',
      { sealedAt: { S: '2026-03-31T18:00:01Z' } },
      'its sealedAt is not of the form 2026-11-22T06:00:01.234Z',
    ],
    [
      'hashes',
      { accounts: { M: { a: { S: 'x' } } } },
      'its accounts are not a map of hashes of 64 hex digits',
    ],
    ['a map', { accounts: { S: HASH } }, 'its accounts are not a map of hashes of 64 hex digits'],
    ['counts', { items: { M: { a: { N: '0' } } } }, 'its items are not a map of whole numbers above 0'],
    ['fractions', { items: { M: { a: { N: '1.5' } } } }, 'its items are not a map of whole numbers above 0'],
    [
      'the accounts',
      { items: { M: { 'sg/main': { N: '1' } } } },
      'its accounts and items do not name the same accounts',
    ],
    [
      'as many accounts',
      { items: { M: { 'sg/main': { N: '1' }, 'sg/other': { N: '1' } } } },
      'its accounts and items do not name the same accounts',
    ],
  ])('is refused without %s of its kind', (_, wrong, problem) => {
    expect(decodeSeal({ ...encodeSeal(SEAL), ...wrong }).problem).toBe(problem);
  });

  it('may have attributes that a later version adds', () => {
    const more = { ...encodeSeal(SEAL), timestamp: { B: new Uint8Array([1]) } };
    expect(decodeSeal(more).value?.from).toBe(SEAL.from);
    expect(SEAL.sealedAt - SEAL.from).toBeGreaterThan(25 * HOUR);
  });
});
