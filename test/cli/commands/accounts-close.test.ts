import { describe, expect, it } from 'vitest';
import { type AccountEntry, type Catalog, EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { CodedError } from '../../../lambda/core/error.ts';
import { END_OF_TIME, HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import type { Entry } from '../../../lambda/core/snapshot.ts';
import {
  CATALOG,
  CLOSED,
  ENTRIES,
  HOURLY,
  LEDGER,
  MAIN,
  NOW,
  OLD,
  row,
  START,
} from '../../support/accounts-ledger.ts';
import { catalogOf, failure, memoryLedger } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';
import { BEGIN, ledgerWith, NOW as UNREADABLE_NOW } from '../../support/unreadable-ledger.ts';

describe('balances accounts close', () => {
  async function close(words: string, catalog: Catalog = CATALOG, entries: readonly Entry[] = ENTRIES) {
    const replaced: (readonly [AccountEntry, AccountEntry])[] = [];
    const ran = await typed(`accounts close ${words}`, memoryLedger(catalog, entries), {
      now: NOW,
      replaceAccount: (before, after) => {
        replaced.push([before, after]);
        return Promise.resolve();
      },
    });
    return { ...ran, replaced };
  }

  it('writes the whole entry with its end, by default now, rounded up to a second', async () => {
    const blocked = { ...OLD, blockedUntil: START };
    const { exitCode, stdout, replaced } = await close(
      'sg/old --real --format json',
      catalogOf([MAIN, blocked], [HOURLY]),
    );
    const closedFrom = START + 3 * HOUR + 30 * MINUTE + 1000;
    expect(replaced).toEqual([[blocked, { ...blocked, closedFrom }]]);
    expect(JSON.parse(stdout)).toEqual([
      row('sg/old', '2026-11-22T00:00:00Z', {
        closed_from: '2026-11-22T03:30:01Z',
        last_slot: '2026-11-22T03:00:00Z',
      }),
    ]);
    expect(exitCode).toBe(0);
  });

  it('accepts a time, a date in the stack’s zone, and options before or after the name', async () => {
    const ends = await Promise.all(
      [
        'sg/main --at 2026-11-22T02:00:00Z --real',
        'sg/main --real --at 2026-11-22',
        '--real --at 2h sg/main',
        'sg/old --real --at 2026-11-22T00:00:00Z',
      ].map(async (words) => (await close(words)).replaced[0]?.[1].closedFrom),
    );
    expect(ends.map((end = 0) => new Date(end).toISOString())).toEqual([
      '2026-11-22T02:00:00.000Z',
      '2026-11-21T16:00:00.000Z',
      '2026-11-22T01:30:01.000Z',
      '2026-11-22T00:00:00.000Z',
    ]);
    const before = await typed('accounts --local close sg/nope', LEDGER, { now: NOW });
    expect(before.opened).toEqual([{ kind: 'local', ledger: 'demo' }]);
  });

  it.each(['9999-12-31T23:59:59.5Z', '9999-12-31T23:59:59Z'])('accepts the end of time: %s', async (time) => {
    const { exitCode, stdout, replaced } = await close(`sg/main --real --at ${time}`);
    expect(replaced[0]?.[1].closedFrom).toBe(END_OF_TIME);
    expect({ exitCode, says: stdout.includes('9999-12-31T23:59:59Z') }).toEqual({ exitCode: 0, says: true });
  });

  it('corrects an earlier closing if --at is given, and says which', async () => {
    const { stderr, replaced } = await close('sg/closed --real --at 2026-11-22T03:00:00Z');
    expect(replaced).toEqual([[CLOSED, { ...CLOSED, closedFrom: START + 3 * HOUR }]]);
    expect(stderr).toEqual(['sg/closed: was previously closed from 2026-11-22T01:00:00Z']);
  });

  it('closes a reopened account no earlier than its reopening', async () => {
    const again = { ...OLD, closed: [{ from: START, to: START + HOUR }] };
    const catalog = catalogOf([again], [HOURLY]);
    const { replaced } = await close('sg/old --real --at 2026-11-22T01:00:00Z', catalog);
    expect(replaced).toEqual([[again, { ...again, closedFrom: START + HOUR }]]);
    const early = await close('sg/old --real --at 2026-11-22T00:59:59Z', catalog);
    expect(early.stderr).toEqual([
      'error: sg/old cannot be closed from 2026-11-22T00:59:59Z: it was reopened at 2026-11-22T01:00:00Z',
    ]);
  });

  it('warns only if the key was still in the secret', async () => {
    expect((await close('sg/old --real')).stderr).toEqual([
      'sg/old: its key was still in the secret at its newest slot, 2026-11-22T03:00:00Z: remove it, or the next run reopens the account',
    ]);
    expect((await close('sg/main --real')).stderr).toHaveLength(1);
    const gone = [...ENTRIES, failure('sg/old', START + 3 * HOUR + MINUTE, 'keys.missing')];
    expect((await close('sg/old --real', CATALOG, gone)).stderr).toEqual([]);
    expect((await close('sg/old --real', CATALOG, [])).stderr).toEqual([]);
  });

  it.each([
    ['sg/nope --real', 'sg/nope is not in the catalog, which has only sg/closed, sg/main, sg/old'],
    ['kr/main --real', 'kr/main is not in the catalog, which has only sg/closed, sg/main, sg/old'],
    [
      'sg/closed --real',
      'sg/closed is already closed, from 2026-11-22T01:00:00Z on; use --at to change that',
    ],
    [
      'sg/closed --real --at 2026-11-21T23:59:59Z',
      'sg/closed cannot be closed from 2026-11-21T23:59:59Z: it was first seen at 2026-11-22T00:00:00Z',
    ],
    [
      'sg/old --real --at 2026-11-21T23:59:59Z',
      'sg/old cannot be closed from 2026-11-21T23:59:59Z: it was first seen at 2026-11-22T00:00:00Z',
    ],
    ['sg/old --real --account sg/main', 'accounts close takes one name, not --account'],
    [
      'SG/old --real',
      'name "SG/old" is not an account name: write <region>/<name>, e.g. sg/main (region sg, id, th or kr; name 1 to 32 of a-z, 0-9 and -, not beginning with -)',
    ],
    ['--real', "missing required argument 'name'"],
    [
      'sg/old --real --at 2026-02-30',
      '--at "2026-02-30" does not exist: there is no such day, or no such hour (00 to 23), minute or second',
    ],
  ])('%s is refused with one message, and nothing is written', async (words, sentence) => {
    const { exitCode, stdout, stderr, replaced } = await close(words);
    expect({ exitCode, stdout, stderr, replaced }).toEqual({
      exitCode: 2,
      stdout: '',
      stderr: [`error: ${sentence}`],
      replaced: [],
    });
  });

  it('says of an account that stands for its region that there is nothing to close', async () => {
    const catalog = catalogOf([], [{ from: START, every: '1h', timeZone: 'UTC', regions: ['sg'] }]);
    const { exitCode, stderr, replaced } = await close('sg/main --real', catalog, [
      failure('sg/main', START, 'keys.missing'),
    ]);
    expect({ exitCode, replaced }).toEqual({ exitCode: 2, replaced: [] });
    expect(stderr).toEqual([
      'error: sg/main is a placeholder for the region sg, which has no keys yet, so there is nothing to close: put a key of sg into the secret, or deploy without the region',
    ]);
  });

  it('says that an empty catalog has no accounts', async () => {
    expect((await close('sg/old --real', EMPTY_CATALOG)).stderr).toEqual([
      'error: sg/old is not in the catalog, which has no accounts yet',
    ]);
  });

  it('is an error, not wrong usage, if another process was faster', async () => {
    const { exitCode, stdout, stderr } = await typed('accounts close sg/old --real', LEDGER, {
      now: NOW,
      replaceAccount: () => Promise.reject(new CodedError('ledger.changed', 'it has been changed meanwhile')),
    });
    expect({ exitCode, stdout, stderr }).toEqual({
      exitCode: 1,
      stdout: '',
      stderr: ['error: it has been changed meanwhile'],
    });
  });

  it('closes an account whose newest item cannot be read, and warns', async () => {
    const closed: unknown[] = [];
    const { exitCode, stderr } = await typed('accounts close sg/main --table ledger', ledgerWith(4), {
      now: UNREADABLE_NOW,
      replaceAccount: (_, after) => {
        closed.push(after);
        return Promise.resolve();
      },
    });
    expect([exitCode, closed]).toEqual([
      0,
      [{ account: 'sg/main', since: BEGIN, closedFrom: UNREADABLE_NOW }],
    ]);
    expect(stderr[0]).toContain('its newest item, 2026-11-22T04:00:00Z, cannot be read');
  });
});
