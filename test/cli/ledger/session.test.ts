import { describe, expect, it } from 'vitest';
import { chosenAccounts } from '../../../cli/ledger/session.ts';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { NOW } from '../../support/history-ledger.ts';
import { catalogOf, memoryLedger } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

describe('an empty ledger', () => {
  it.each(['history', 'changes', 'export'])('is reported by %s', async (command) => {
    const { exitCode, stderr } = await typed(`${command} --real`, memoryLedger(EMPTY_CATALOG, []), {
      now: NOW,
    });
    expect([exitCode, stderr]).toEqual([0, ['the ledger has no accounts to show yet']]);
  });
});

describe('the chosen accounts', () => {
  const names = ['id/main', 'sg/fund-1', 'sg/fund-12', 'sg/main', 'th/main'] as const;
  const catalog = catalogOf(
    names.map((account) => ({ account, since: NOW })),
    [],
  );
  const chosen = (...account: string[]) => chosenAccounts({ account }, catalog);

  it('are all that a pattern matches, in order, each once', () => {
    expect(chosen('sg/*')).toEqual(['sg/fund-1', 'sg/fund-12', 'sg/main']);
    expect(chosen('*/main')).toEqual(['id/main', 'sg/main', 'th/main']);
    expect(chosen('sg/f*d-1')).toEqual(['sg/fund-1']);
    expect(chosen('sg/*-1*2')).toEqual(['sg/fund-12']);
    expect(chosen('th/main', '*m*', 'sg/*')).toEqual(names);
    expect(chosen('*')).toEqual(names);
    expect(chosenAccounts({}, catalog)).toBeUndefined();
  });

  it('are refused if nothing has the name or matches it: no part of a name counts twice', () => {
    expect(() => chosen('sg/main*main')).toThrow(
      '--account sg/main*main matches no account of the ledger, which has only id/main, sg/fund-1',
    );
    expect(() => chosen('sg/fund')).toThrow('--account sg/fund is not in the ledger, which has only id/main');
  });

  it('are not all named in an error if they are many', () => {
    const many = catalogOf(
      Array.from({ length: 36 }, (_, index) => ({ account: `sg/a${index}` as const, since: NOW })),
      [],
    );
    expect(() => chosenAccounts({ account: ['sg/b'] }, many)).toThrow(/ and 16 more$/);
  });
});
