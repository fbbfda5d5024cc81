import { beforeEach, describe, expect, it } from 'vitest';
import { HOUR, MINUTE, SECOND } from '../../lambda/core/instant.ts';
import { SLOT } from '../support/memory-parts.ts';
import { textOf } from './calendar.ts';
import type { Process, Run } from './execution.ts';
import type { Item } from './expressions.ts';
import { Findings } from './findings.ts';
import { Mix } from './mix.ts';
import { PriceJudge } from './price-judge.ts';
import { runOfOne } from './run-of-one.ts';
import type { PriceRow } from './simulated-prices.ts';
import { SimulatedTable } from './simulated-table.ts';
import type { TickerCall, TickerTold } from './simulated-ticker.ts';

const CALL: TickerCall = {
  region: 'sg',
  quotes: ['SGD', 'USDT', 'BTC'],
  at: SLOT + SECOND,
  text: '',
  isSigned: false,
};
const OBSERVED = SLOT + 2 * SECOND;
const BTC = row('SGD-BTC', '90000.50', SLOT);
const ADA = row('SGD-ADA', '1e-8', SLOT - 2 * HOUR);

/** The prices of what the run's account holds: BTC, and ADA, whose last trade is stale. */
const ITEM: Item = {
  account: { S: '#price/sg' },
  slot: { S: textOf(SLOT) },
  observedAt: { S: new Date(OBSERVED).toISOString() },
  price: { M: { 'SGD-BTC': { N: '90000.5' }, 'SGD-ADA': { N: '0.00000001' } } },
  tradedAt: { M: { 'SGD-ADA': { S: new Date(SLOT - 2 * HOUR).toISOString() } } },
  v: { N: '1' },
  writer: { S: 'x' },
};

let findings: Findings;
let table: SimulatedTable;
let judge: PriceJudge;
let process: Process;
let run: Run;

beforeEach(() => {
  findings = new Findings(new Mix());
  table = new SimulatedTable(100);
  judge = new PriceJudge(findings, new Mix(), table);
  begin(true);
});

function row(market: string, price: string, tradedAt: number): PriceRow {
  return { json: '', market, trade: { price, tradedAt } };
}

function begin(prices: boolean): void {
  const line = (currency: string, balance: string, locked: string) => ({
    currency,
    balance,
    locked,
    avg_buy_price: '0',
    avg_buy_price_modified: false,
    unit_currency: 'SGD',
  });
  const lines = [line('BTC', '1.50', '0'), line('ADA', '0', '0.1'), line('XRP', '0.0', '-0')];
  const told = { code: undefined, fault: undefined, isPlanned: false, lines } as const;
  ({ process, run } = runOfOne(told, OBSERVED, prices));
  run.decidedAt = OBSERVED;
  process.begin(run);
}

const broken = () => findings.found.map(({ invariant }) => invariant);

const told = (what: Partial<TickerTold>, call: Partial<TickerCall> = {}, at = OBSERVED) =>
  judge.told({ ...CALL, ...call }, { fault: undefined, ...what }, process, at);

describe('a call of the ticker', () => {
  const asked = (call: Partial<TickerCall> = {}) => {
    judge.asked({ ...CALL, ...call }, process);
    return broken();
  };

  it('that is right breaks nothing', () => {
    expect(asked()).toEqual([]);
    expect(asked({ quotes: ['USDT'] })).toEqual([]);
  });

  it('is found with an Authorization header', () => {
    expect(asked({ isSigned: true })).toEqual(['price calls carry no key']);
  });

  it('is found where no prices are taken, of another region, or of other quotes', () => {
    expect(asked({ quotes: ['BTC', 'SGD'] })).toEqual(['price calls are well formed']);
    expect(asked({ region: 'th', quotes: ['THB'] })).toHaveLength(2);
    begin(false);
    expect(asked()).toHaveLength(3);
  });

  it('is found after the tolerance, and in a run that is only a check', () => {
    expect(asked({ at: SLOT + 5 * MINUTE })).toEqual([]);
    expect(asked({ at: SLOT + 5 * MINUTE + 1 })).toEqual(['no price asked for too late']);
    run = { ...run, kind: 'check' };
    process.history.splice(0, 1, run);
    expect(asked()).toHaveLength(2);
  });

  it('is found while its region is blocked, by the ticker or for the address', () => {
    told({ fault: 'blockedForLong', block: 30 * MINUTE });
    process.history.push({ ...run, slot: textOf(SLOT + HOUR), begun: SLOT + 29 * MINUTE });
    expect(asked({ at: OBSERVED + 30 * MINUTE - 1 })).toContain('no price asked for while blocked');
    findings.found.length = 0;
    expect(asked({ at: OBSERVED + 30 * MINUTE })).not.toContain('no price asked for while blocked');
    process.blockedRegions.set('sg', SLOT + HOUR);
    expect(asked({ at: OBSERVED + 30 * MINUTE })).toContain('no price asked for while blocked');
  });

  it('is found before the wait that it was told', () => {
    told({ fault: 'tooManyRequests', wait: SECOND });
    expect(asked({ at: OBSERVED + SECOND })).toEqual([]);
    expect(asked({ at: OBSERVED + SECOND - 1 })).toEqual(['no price asked for while blocked']);
  });

  it('is found if it is the eleventh in a second', () => {
    process.run = run;
    for (let count = 1; count <= 10; count += 1) asked();
    expect(broken()).toEqual([]);
    expect(asked()).toEqual(['price calls are well formed']);
  });
});

describe('an item of prices', () => {
  const wrote = (changes: Item = {}, before?: Item, at = OBSERVED + SECOND) => {
    const after = { ...ITEM, ...changes };
    const [account, slot] = [after['account']?.S ?? '', after['slot']?.S ?? ''];
    judge.wrote({ account, slot, before, after }, process, at);
    return broken();
  };

  beforeEach(() => told({ rows: [BTC, ADA, row('SGD-XRP', '1', SLOT), row('USDT-DOGE', '2', SLOT)] }));

  it('that is right breaks nothing', () => {
    expect(wrote()).toEqual([]);
  });

  it('over another is found', () => {
    expect(wrote({}, ITEM)).toEqual(['prices written once']);
  });

  it('of another slot or region is found', () => {
    expect(wrote({ slot: { S: textOf(SLOT + HOUR) } })).toContain('prices of its own slot');
    findings.found.length = 0;
    expect(wrote({ account: { S: '#price/th' } })).toEqual(['prices of its own slot']);
  });

  it('after its slot has settled, or observed after the tolerance, is found', () => {
    expect(wrote({}, undefined, SLOT + 6 * MINUTE)).toEqual([]);
    expect(wrote({}, undefined, SLOT + 6 * MINUTE + 1)).toEqual(['prices observed in time']);
    const late = SLOT + 5 * MINUTE + 1;
    told({ rows: [BTC, ADA] }, { at: late }, late);
    findings.found.length = 0;
    expect(wrote({ observedAt: { S: new Date(late).toISOString() } })).toEqual(['prices observed in time']);
  });

  it.each<[string, Item]>([
    ['with another price', { price: { M: { ...ITEM['price']?.M, 'SGD-BTC': { N: '90000.51' } } } }],
    ['without a market', { price: { M: { 'SGD-ADA': { N: '0.00000001' } } } }],
    ['with a market of what is not held', { price: { M: { ...ITEM['price']?.M, 'USDT-DOGE': { N: '2' } } } }],
    ['with a market of what was sold', { price: { M: { ...ITEM['price']?.M, 'SGD-XRP': { N: '1' } } } }],
    ['without the time of a stale trade', { tradedAt: { M: {} } }],
    ['with a time that is not stale', { tradedAt: { M: { ...ITEM['tradedAt']?.M, 'SGD-BTC': { S: '' } } } }],
    ['observed when no answer came', { observedAt: { S: new Date(OBSERVED + 1).toISOString() } }],
    ['with another attribute', { balance: { M: {} } }],
  ])('%s is found', (_, changes) => {
    expect(wrote(changes)).toEqual(['prices as told']);
  });

  it('of a market that stood twice, or was traded in the future, is found', () => {
    const at = OBSERVED + SECOND;
    const changes: Item = { observedAt: { S: new Date(at).toISOString() } };
    told({ rows: [BTC, ADA, BTC] }, { at: CALL.at + 1 }, at);
    expect(wrote(changes)).toEqual(['prices as told']);
    told({ rows: [row('SGD-BTC', '90000.50', at + MINUTE + 2), ADA] }, { at: CALL.at + 2 }, at + 1);
    findings.found.length = 0;
    expect(wrote({ observedAt: { S: new Date(at + 1).toISOString() } })).toEqual(['prices as told']);
  });

  it('may hold what the calls for single quotes told, if all were made together', () => {
    const [at, later] = [SLOT + 3 * SECOND, OBSERVED + 3 * SECOND];
    told({ rows: [BTC] }, { quotes: ['SGD'], at }, later - 1);
    told({ rows: [ADA] }, { quotes: ['USDT'], at }, later);
    expect(wrote({ observedAt: { S: new Date(later).toISOString() } })).toEqual([]);
    expect(wrote({ observedAt: { S: new Date(later - 1).toISOString() } })).toEqual(['prices as told']);
  });
});

describe('a run that returned', () => {
  const ended = (at = OBSERVED + SECOND) => {
    process.run = undefined;
    run.endedAt = at;
    judge.ended(run, { kind: 'returned', report: {} }, at);
    return broken();
  };

  it('must have stored the prices that it was told in time', () => {
    told({ rows: [BTC] });
    expect(ended()).toEqual(['prices told are stored']);
    findings.found.length = 0;
    table.put({ TableName: 'ledger', Item: ITEM });
    expect(ended()).toEqual([]);
  });

  it('need not have stored prices of nothing it holds, or that came too late', () => {
    told({ rows: [row('SGD-DOGE', '1', SLOT)] });
    expect(ended()).toEqual([]);
    judge = new PriceJudge(findings, new Mix(), table);
    told({ rows: [BTC] }, {}, SLOT + 5 * MINUTE + 1);
    expect(ended()).toEqual([]);
  });

  it('must have asked again after a moment’s trouble, and for each quote after one was refused', () => {
    judge.asked(CALL, process);
    told({ fault: 'reset' });
    expect(ended()).toEqual(['prices are asked for again']);
    findings.found.length = 0;
    judge = new PriceJudge(findings, new Mix(), table);
    judge.asked(CALL, process);
    told({ fault: 'untradedQuote' });
    for (const quotes of [['SGD'], ['USDT']]) judge.asked({ ...CALL, quotes, at: OBSERVED }, process);
    expect(ended()).toEqual(['prices are asked for again']);
    judge.asked({ ...CALL, quotes: ['BTC'], at: OBSERVED }, process);
    findings.found.length = 0;
    expect(ended()).toEqual([]);
  });

  it('must not stay for prices long after its accounts', () => {
    expect(ended(OBSERVED + 35 * SECOND)).toEqual([]);
    expect(ended(OBSERVED + 35 * SECOND + 1)).toEqual(['prices hold up no run']);
  });
});
