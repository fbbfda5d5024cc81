import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { NOW } from '../../support/history-ledger.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

describe('an empty ledger', () => {
  it.each(['history', 'changes', 'export'])('is reported by %s', async (command) => {
    const { exitCode, stderr } = await typed(`${command} --real`, memoryLedger(EMPTY_CATALOG, []), {
      now: NOW,
    });
    expect([exitCode, stderr]).toEqual([0, ['the ledger has no accounts to show yet']]);
  });
});
