import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type EmbeddedDynamoDb, startEmbeddedDynamoDb } from '../../../infra/local/embedded-dynamodb.ts';
import { balances } from '../../support/command-process.ts';

// Items as documented in docs/ledger.md, put without any of our code: a ledger outlives its programs.

const S = (value: string) => ({ S: value });
const N = (value: string) => ({ N: value });
const M = (value: Record<string, unknown>) => ({ M: value });

const MIDNIGHT_IN_SINGAPORE = '2026-03-30T16:00:00Z';

const ITEMS = [
  { account: S('#catalog'), slot: S('account#sg/main'), since: S('2026-03-30T15:00:00Z') },
  {
    account: S('#catalog'),
    slot: S('schedule#2026-03-30T15:00:00Z'),
    every: S('1h'),
    timeZone: S('Asia/Singapore'),
    regions: S('sg'),
  },
  snapshot('2026-03-30T15:00:00Z', { BTC: N('1') }),
  snapshot(MIDNIGHT_IN_SINGAPORE, {
    BTC: N('1.5E-7'),
    PEPE: N('12345678901234567890123456789012345678'),
    SHIB: N('9.99E+125'),
    USDT: N('-0'),
    XRP: N('00.10'),
  }),
  {
    account: S('sg/main'),
    slot: S('2026-03-30T17:00:00Z'),
    failure: S('key.expired'),
    detail: S('401 expired_access_key'),
    attempts: N('1E0'),
    observedAt: S('2026-03-30T17:00:01.000Z'),
    v: N('1'),
    writer: S('another'),
  },
  snapshot('2026-03-30T18:00:00Z', { BTC: N('2') }),
];

function snapshot(slot: string, balance: Record<string, unknown>) {
  return {
    account: S('sg/main'),
    slot: S(slot),
    balance: M(balance),
    locked: M('PEPE' in balance ? { BTC: N('25e-8') } : {}),
    unitCurrency: S('USDT'),
    observedAt: S(slot.replace('Z', '.250Z')),
    keyId: S('0badc0de'),
    v: N('1'),
    writer: S('another'),
  };
}

let dynamoDb: EmbeddedDynamoDb;

beforeAll(async () => {
  dynamoDb = await startEmbeddedDynamoDb({ tableName: 'ledger' });
  for (const Item of ITEMS) {
    const response = await fetch(dynamoDb.endpoint, {
      method: 'POST',
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.PutItem',
        authorization:
          'AWS4-HMAC-SHA256 Credential=fake/20260330/local/dynamodb/aws4_request, SignedHeaders=host, Signature=fake',
        'x-amz-date': '20260330T150000Z',
      },
      body: JSON.stringify({ TableName: 'ledger', Item }),
    });
    expect(response.status, await response.text()).toBe(200);
  }
});

afterAll(() => dynamoDb.close());

const asked = (commandLine: string) =>
  balances([...commandLine.split(' '), '--table', 'ledger'], {
    AWS_ENDPOINT_URL_DYNAMODB: dynamoDb.endpoint,
    AWS_REGION: 'local',
  });

describe('items that another program wrote', () => {
  it('are read exactly, exponents included, and a date is its first instant in the stack’s zone', async () => {
    const { stdout, exitCode } = await asked('at 2026-03-31 --format json');
    expect(exitCode).toBe(0);
    const rows: unknown = JSON.parse(stdout);
    const common = {
      account: 'sg/main',
      slot: MIDNIGHT_IN_SINGAPORE,
      observedAt: '2026-03-30T16:00:00.250Z',
      avg_buy_price: '0',
      avg_buy_price_modified: false,
      unit_currency: 'USDT',
    };
    expect(rows).toEqual([
      { ...common, currency: 'BTC', balance: '0.00000015', locked: '0.00000025' },
      { ...common, currency: 'PEPE', balance: '12345678901234567890123456789012345678', locked: '0' },
      { ...common, currency: 'SHIB', balance: `999${'0'.repeat(123)}`, locked: '0' },
      { ...common, currency: 'USDT', balance: '0', locked: '0' },
      { ...common, currency: 'XRP', balance: '0.1', locked: '0' },
    ]);
  });

  it('are in a range that includes its start and excludes its end', async () => {
    const { stdout } = await asked(
      'history --currency BTC --format csv --from 2026-03-31 --to 2026-03-30T18:00:00Z',
    );
    expect(stdout.split('\n').slice(1)).toEqual([
      `sg/main,${MIDNIGHT_IN_SINGAPORE},2026-03-30T16:00:00.250Z,BTC,0.00000015,0.00000025,0,false,USDT`,
      '',
    ]);
  });

  it('have gaps', async () => {
    const { stdout, exitCode } = await asked(
      'gaps --from 2026-03-30T15:00:00Z --to 2026-03-30T19:00:00Z --format csv',
    );
    expect([stdout, exitCode]).toEqual([
      'account,slot,reason\nsg/main,2026-03-30T17:00:00Z,key.expired\n',
      3,
    ]);
  });
});
