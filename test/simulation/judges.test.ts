import { beforeEach, describe, expect, it } from 'vitest';
import { MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { SLOT } from '../support/memory-parts.ts';
import { textOf } from './calendar.ts';
import { CallJudge } from './call-judge.ts';
import type { Run } from './execution.ts';
import type { Item } from './expressions.ts';
import { Findings } from './findings.ts';
import { LeakJudge } from './leak-judge.ts';
import { Mix } from './mix.ts';
import { CALL_OF_ONE as CALL, runOfOne } from './run-of-one.ts';
import { keyPair } from './secret-model.ts';
import type { ExchangeTold } from './simulated-exchange.ts';
import { SimulatedTable } from './simulated-table.ts';
import { WriteJudge } from './write-judge.ts';

const ACCOUNT = 'sg/main';
const LINE = {
  currency: 'BTC',
  balance: '1.50',
  locked: '0',
  avg_buy_price: '0',
  avg_buy_price_modified: false,
  unit_currency: 'SGD',
};
const GOOD: ExchangeTold = { code: undefined, fault: undefined, isPlanned: false, lines: [LINE] };

let findings: Findings;
let table: SimulatedTable;
let run: Run;

beforeEach(() => {
  findings = new Findings(new Mix());
  table = new SimulatedTable(100);
  ({ run } = runOfOne(GOOD, SLOT + SECOND));
});

const broken = () => findings.found.map(({ invariant }) => invariant.split(' ')[0]);

describe('a write', () => {
  const key = { account: { S: ACCOUNT }, slot: { S: textOf(SLOT) } };
  const snapshot: Item = {
    ...key,
    observedAt: { S: new Date(SLOT + SECOND).toISOString() },
    balance: { M: { BTC: { N: '1.5' } } },
    unitCurrency: { S: 'SGD' },
  };
  const failure: Item = { ...key, failure: { S: 'upbit.timeout' }, detail: { S: 'x' }, attempts: { N: '1' } };

  const wrote = (before: Item | undefined, after: Item, at = SLOT + 2 * SECOND) => {
    const entry = {
      account: { S: '#catalog' },
      slot: { S: `account#${ACCOUNT}` },
      since: { S: textOf(SLOT) },
    };
    table.put({ TableName: 'ledger', Item: entry });
    new WriteJudge(findings, new Mix(), table).wrote(
      { account: ACCOUNT, slot: textOf(SLOT), before, after },
      run,
      at,
    );
    return broken();
  };

  it('that is right breaks nothing', () => {
    expect(wrote(undefined, snapshot)).toEqual([]);
    expect(wrote(failure, snapshot)).toEqual([]);
  });

  it.each<[string, Item | undefined, Item, number | undefined, string]>([
    ['over a success', snapshot, snapshot, undefined, 'I1'],
    ['of one without a call over a failure', failure, { ...failure, attempts: { N: '0' } }, undefined, 'I1'],
    ['of an unknown failure', undefined, { ...failure, failure: { S: 'odd' } }, undefined, 'I2'],
    ['after the settling time', failure, snapshot, SLOT + 7 * MINUTE, 'final'],
    [
      'of a different amount',
      undefined,
      { ...snapshot, balance: { M: { BTC: { N: '1.51' } } } },
      undefined,
      'I4',
    ],
    ['of half a list', undefined, { ...snapshot, balance: { M: {} } }, undefined, 'I4'],
    ['without an answer', undefined, { ...snapshot, observedAt: { S: textOf(SLOT) } }, undefined, 'I10'],
  ])('%s is found', (_, before, after, at, invariant) => {
    expect(wrote(before, after, at)).toContain(invariant);
  });

  it('of a snapshot observed too late is found', () => {
    const at = SLOT + 6 * MINUTE;
    run.told.push({ call: CALL, told: GOOD, at });
    expect(wrote(undefined, { ...snapshot, observedAt: { S: new Date(at).toISOString() } })).toEqual(['I3']);
  });

  it('of a check is found', () => {
    run = { ...run, kind: 'check' };
    expect(wrote(undefined, snapshot)).toEqual(['the']);
  });
});

describe('a call', () => {
  const asked = (at: number) => {
    const judge = new CallJudge(findings);
    judge.asked({ ...CALL, at }, run.process, run);
    return broken();
  };

  it('that is right breaks nothing', () => {
    run.blocked = new Map([[ACCOUNT, SLOT + MINUTE]]);
    expect(asked(SLOT + MINUTE)).toEqual([]);
  });

  it('before a block ends is found, whether the catalog or only the process knows the block', () => {
    run.blocked = new Map([[ACCOUNT, SLOT + MINUTE]]);
    expect(asked(SLOT + MINUTE - 1)).toEqual(['I6']);
    run.blocked = new Map();
    run.process.blocked.set(ACCOUNT, SLOT + MINUTE);
    expect(asked(SLOT + MINUTE - 1)).toEqual(['I6', 'I6']);
    run.process.blocked.clear();
    run.process.blockedRegions.set('sg', SLOT + MINUTE);
    expect(asked(SLOT + MINUTE - 1)).toEqual(['I6', 'I6', 'I6']);
    expect(asked(SLOT + MINUTE)).toHaveLength(3);
  });

  it('within a second of a 429, or after three of them, is found', () => {
    const limited: ExchangeTold = {
      code: 'upbit.rateLimited',
      fault: 'tooManyRequests',
      isPlanned: true,
      lines: undefined,
      wait: SECOND,
    };
    run.told.push({ call: CALL, told: limited, at: SLOT + SECOND });
    expect(asked(SLOT + 2 * SECOND - 1)).toEqual(['I6']);
    expect(asked(SLOT + 2 * SECOND)).toEqual(['I6']);
    for (const at of [2, 4]) run.told.push({ call: CALL, told: limited, at: SLOT + at * SECOND });
    expect(asked(SLOT + MINUTE)).toEqual(['I6', 'I6']);
  });

  it('that is the thirty-first in a second is found', () => {
    const judge = new CallJudge(findings);
    for (let call = 0; call < 31; call += 1) judge.asked({ ...CALL, at: SLOT + call }, run.process, run);
    expect(broken()).toEqual(['I6']);
  });
});

describe('a key', () => {
  const { accessKey, secretKey } = keyPair(ACCOUNT, 0);

  it.each([
    ['raw', `the key ${accessKey}`],
    ['in a token', Buffer.from(`{"access_key":"${accessKey}"}`).toString('base64url')],
    ['in base64, one on', Buffer.from(`_${secretKey}`).toString('base64')],
    ['in base64, two on', Buffer.from(`__${secretKey}`).toString('base64')],
    ['in hex', Buffer.from(secretKey).toString('hex')],
  ])('is found %s', (_, text) => {
    new LeakJudge(findings).saw('a line', text);
    expect(broken()).toEqual(['I8']);
  });

  it('is found in a hidden field of the cause of an error', () => {
    const cause = new Error('inner');
    Object.defineProperty(cause, 'raw', { value: secretKey, enumerable: false });
    new LeakJudge(findings).sawError('an error', new Error('outer', { cause }));
    expect(broken()).toEqual(['I8']);
  });

  it('is not found if there is none', () => {
    new LeakJudge(findings).saw('a line', 'upbit.timeout of sg/main');
    new LeakJudge(findings).sawError('an error', new Error('x'));
    expect(broken()).toEqual([]);
  });
});
