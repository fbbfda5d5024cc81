import { describe, expect, it } from 'vitest';
import { HOUR } from '../../../lambda/core/instant.ts';
import type { Snapshot } from '../../../lambda/core/snapshot.ts';
import type { LedgerReader } from '../../../lambda/history/reader.ts';
import { everListed, lastListed, withSoldOut } from '../../../lambda/history/sold-out.ts';
import {
  catalogOf,
  failure,
  line,
  memoryLedger,
  snapshot,
  time,
  unreadable,
} from '../../support/memory-ledger.ts';

const START = time('2026-11-01T00:00:00Z');
const holding = (hour: number, ...currencies: string[]) =>
  snapshot(
    'sg/main',
    START + hour * HOUR,
    currencies.map((currency) => line(currency, '1')),
  );
const ledgerOf = (...entries: Parameters<typeof memoryLedger>[1]) => memoryLedger(catalogOf([], []), entries);

async function soldOut(snapshots: readonly Snapshot[], before: readonly string[]) {
  async function* all() {
    for (const one of snapshots) yield { snapshot: one };
    return 'done';
  }
  const found: (readonly string[])[] = [];
  const stream = withSoldOut(all(), before);
  for (;;) {
    const next = await stream.next();
    if (next.done === true) return { found, end: next.value };
    found.push(next.value.soldOut);
  }
}

describe('what a snapshot no longer lists', () => {
  it('is every currency that an earlier one listed, until it is listed again', async () => {
    const snapshots = [holding(0, 'BTC', 'ADA'), holding(1, 'BTC'), holding(2), holding(3, 'ADA')];
    expect(await soldOut(snapshots, [])).toEqual({
      found: [[], ['ADA'], ['ADA', 'BTC'], ['BTC']],
      end: 'done',
    });
  });

  it('includes what was listed before the first, in order', async () => {
    const { found } = await soldOut([holding(0, 'BTC')], ['XRP', 'ADA', 'BTC']);
    expect(found).toEqual([['ADA', 'XRP']]);
  });

  it('ends the stream of snapshots when its reader stops early', async () => {
    let ended = false;
    async function* all() {
      try {
        yield { snapshot: holding(0, 'BTC') };
        yield { snapshot: holding(1) };
      } finally {
        ended = true;
      }
    }
    for await (const _ of withSoldOut(all(), [])) break;
    expect(ended).toBe(true);
  });
});

describe('what was listed before a time', () => {
  it('by the last snapshot, whatever failed since; a snapshot of that time itself does not count', async () => {
    const ledger = ledgerOf(
      holding(0, 'ADA'),
      holding(1, 'BTC', 'ETH'),
      failure('sg/main', START + 2 * HOUR),
    );
    expect(await lastListed(ledger, 'sg/main', START + 3 * HOUR)).toEqual(['BTC', 'ETH']);
    expect(await lastListed(ledger, 'sg/main', START + HOUR)).toEqual(['ADA']);
    expect(await lastListed(ledger, 'sg/main', START)).toEqual([]);
  });

  it('is nothing if the last one cannot be read', async () => {
    const ledger = ledgerOf(holding(0, 'ADA'), unreadable('sg/main', START + HOUR));
    expect(await lastListed(ledger, 'sg/main', START + 2 * HOUR)).toEqual([]);
  });

  it('by any snapshot, of the named currencies, in any case', async () => {
    const ledger = ledgerOf(holding(0, 'ADA', 'btc'), holding(1, 'ETH'), holding(9, 'XRP'));
    const listed = (...named: string[]) => everListed(ledger, 'sg/main', START + 9 * HOUR, named);
    expect(await listed('ada', 'eth', 'XRP')).toEqual(['ETH', 'ADA']);
    expect(await listed('btc')).toEqual(['btc']);
    expect(await listed('BTC')).toEqual(['btc']);
  });

  it('is looked for in older ones only if the last does not list it', async () => {
    const asked: (readonly string[])[] = [];
    const ledger = ledgerOf(holding(0, 'ADA'), holding(1, 'ETH'));
    const reader: LedgerReader = {
      ...ledger,
      listed: (account, at, currencies) => {
        asked.push(currencies);
        return ledger.listed(account, at, currencies);
      },
    };
    await everListed(reader, 'sg/main', START + 2 * HOUR, ['eth', 'ETH']);
    expect(asked).toEqual([]);
    await everListed(reader, 'sg/main', START + 2 * HOUR, ['eth', 'ada']);
    expect(asked).toEqual([['ADA', 'ada']]);
  });
});
