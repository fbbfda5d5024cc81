import { createServer } from 'node:http';
import { GetItemCommand } from '@aws-sdk/client-dynamodb';
import Big from 'big.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { FAULTS, type Fault } from '../../../infra/local/upbit-faults.ts';
import { formatDecimal } from '../../../lambda/core/decimal.ts';
import { formatSecond } from '../../../lambda/core/instant.ts';
import { type Entry, isFailure } from '../../../lambda/core/snapshot.ts';
import { readText } from '../../support/checkout.ts';
import { ADA, simulated } from '../../support/local-parts.ts';
import { answering, slotRuns } from './slot-runs.ts';

const runs = slotRuns();
const many = (count: number, name = 'C') =>
  Array.from({ length: count }, (_, index) => ({ ...ADA, currency: `${name}${index}` }));

/** What is recorded for an answer, after a single call. */
async function recorded(body: unknown) {
  const { item, asked } = await runs.run(answering(body));
  expect(asked).toHaveLength(1);
  return item;
}

/** The snapshot of an answer. Throws if the answer was rejected. */
async function snapshotOf(body: unknown) {
  const item = await recorded(body);
  if (item === undefined || isFailure(item)) throw new Error(`no snapshot: ${JSON.stringify(item)}`);
  return item;
}

const malformed = (detail: string) => ({ failure: 'response.malformed', attempts: 1, detail });
/** A refused answer, with what was sent. */
const kept = (body: unknown) => ({ answer: { text: JSON.stringify(body), isCut: false } });

/** The attempts: 1 s after the slot, then about 2, 15, 60 and 150 s after that. */
const PASSES = 5;

/** What is recorded for an answer that is never Upbit's own; and checks that a single one costs no snapshot. */
async function notUpbits(fault: Fault): Promise<Entry | undefined> {
  const healed = await runs.run((nth) => (nth === 1 ? fault : undefined));
  expect(healed.item).toMatchObject({ balances: [{ currency: 'ADA' }] });
  expect(healed.asked).toHaveLength(2);
  const { item, asked } = await runs.run(fault);
  expect(item).toMatchObject({ failure: 'upbit.unavailable', attempts: PASSES });
  expect(asked).toHaveLength(PASSES);
  return item;
}

const inFront = (what: string) => ({
  detail: `Upbit’s own answer did not arrive: something in front of it sent ${what}`,
});

describe('an answer that is not Upbit’s own', () => {
  const page = (status: number): Fault => ({ kind: 'answer', status, body: '<p>Not this way</p>' });

  it.each<[string, Fault, string]>([
    [
      '403 with a page',
      FAULTS.forbiddenPage,
      '403, server cloudflare, “Attention Required! You have been blocked”',
    ],
    ['the gateway’s 404', FAULTS.notFound, '404, “message no Route matched with those values”'],
    ['408 without a body', FAULTS.proxyTimeout, '408, server awselb, no readable text'],
    ['a nameless 401', FAULTS.nameless, '401, “message Unauthorized”'],
    ...[400, 407, 409, 421, 425, 451, 499].map((status): [string, Fault, string] => [
      `${status} with a page`,
      page(status),
      `${status}, “Not this way”`,
    ]),
  ])('faults row 29c: %s is retried in passes, and recorded with what it was', async (_, fault, what) => {
    expect(await notUpbits(fault)).toMatchObject(inFront(what));
  });

  it('faults row 29c: 429 and 418 stay what they are, whatever their body', async () => {
    const { item, asked } = await runs.run(page(429));
    expect(item).toMatchObject({ failure: 'upbit.rateLimited', attempts: 3 });
    expect(asked).toHaveLength(3);
  });

  it.each<[string, Fault, string]>([
    ['HTML', FAULTS.okHtml, '200, “Service under maintenance”'],
    ['an empty body', FAULTS.okEmpty, '200, no readable text'],
    ['a list that is cut off', FAULTS.okCut, '200, “currency ADA balance …”'],
    ['204', FAULTS.noContent, '204, no readable text'],
    ['206, whatever its body', FAULTS.partialContent, '206, no readable text'],
    ['203, whatever its body', { kind: 'answer', status: 203, body: '[]' }, '203, no readable text'],
    [
      'a coding that nobody knows',
      { kind: 'answer', status: 200, headers: { 'content-encoding': 'gzip, aes128gcm' }, body: '[]' },
      '200, no readable text',
    ],
  ])('faults row 30: %s is retried in passes, and recorded with what it was', async (_, fault, what) => {
    expect(await notUpbits(fault)).toMatchObject(inFront(what));
  });
});

describe('an answer that is not a list of balances', () => {
  it.each([
    [
      'an error object',
      { error: { name: 'internal_error', message: '' } },
      'the answer is an object, not an array',
    ],
    ['an object', {}, 'the answer is an object, not an array'],
    ['null', null, 'the answer is null, not an array'],
    ['text', 'maintenance', 'the answer is a string, not an array'],
    ['a malformed line', [{ currency: 'ADA' }], '[0].balance is nothing, not text'],
    [
      'a list with a renamed field',
      [{ ...ADA, avg_buy_price: undefined, average_buy_price: '1' }],
      '[0].avg_buy_price is nothing, not text',
    ],
  ])(
    'faults row 30b: 200 with whole JSON that is %s is malformed at once, and kept',
    async (_, body, detail) => {
      expect(await recorded(body)).toMatchObject({ ...malformed(detail), ...kept(body) });
    },
  );

  it.each([
    ['currency', 'BTC', '[0].currency is given twice, not text'],
    ['balance', '10.386546', '[0].balance is given twice, not text'],
    ['unit_currency', 'SGD', '[0].unit_currency is given twice, not text'],
  ])('faults row 30b: %s twice in a line is malformed, and none is chosen', async (field, value, detail) => {
    const body = JSON.stringify([ADA]).replace('{', `{"${field}":"${value}",`);
    const { item, asked } = await runs.run({ kind: 'answer', status: 200, body });
    expect(item).toMatchObject({ ...malformed(detail), answer: { text: body, isCut: false } });
    expect(asked).toHaveLength(1);
  });

  it('faults row 30b: what is kept has no key in it, and is not logged', async () => {
    const { accessKey, secretKey } = simulated('sg/main');
    const body = JSON.stringify({ error: { name: accessKey, message: `${btoa(secretKey)} is odd` } });
    const { item, logged } = await runs.run({ kind: 'answer', status: 200, body });
    expect(item).toMatchObject({ answer: { text: '{"error":{"name":"***","message":"***"}}' } });
    expect(JSON.stringify(logged)).not.toMatch(/\*\*\*|is odd/);
  });

  it('faults row 30b: what is kept can be read by hand, as the document says', async () => {
    const lines = [{ ...ADA, avg_buy_price: undefined, average_buy_price: '1' }];
    const { slot } = await runs.run(answering(lines));
    const { client, tableName } = runs.parts().table;
    const key = { account: { S: 'sg/main' }, slot: { S: formatSecond(slot) } };
    const { Item: item } = await client.send(new GetItemCommand({ TableName: tableName, Key: key }));
    expect(JSON.parse(item?.['answer']?.S ?? '')).toEqual([
      {
        currency: 'ADA',
        balance: '10.386546',
        locked: '0',
        average_buy_price: '1',
        avg_buy_price_modified: false,
        unit_currency: 'USDT',
      },
    ]);
    expect(readText('docs/ledger.md')).toContain('--query Item.answer.S');
  });

  it('faults row 30b: at most 64 KB of it are kept', async () => {
    const { item } = await runs.run(answering([{ ...ADA, note: 'x'.repeat(100_000), locked: 1 }]));
    expect(item).toMatchObject({ ...malformed('[0].locked is a number, not text'), answer: { isCut: true } });
    expect(item !== undefined && isFailure(item) && item.answer?.text).toHaveLength(65_536);
  });

  describe('a redirect', () => {
    let elsewhere = 0;
    const server = createServer((_, response) => {
      elsewhere += 1;
      response.end('[]');
    });
    let location: string;
    beforeAll(async () => {
      location = await listen(server);
    });
    afterAll(() => stop(server));

    it.each([301, 302, 307, 308])('faults row 31: %i is not followed, so the token stays', async (status) => {
      const redirect: Fault = { kind: 'answer', status, headers: { location } };
      const { item, asked } = await runs.run(redirect);
      const detail = `Upbit answered ${status}, a redirect, which is never followed`;
      expect(item).toMatchObject({ ...malformed(detail), attempts: 3 });
      expect(item).not.toHaveProperty('answer');
      expect(asked).toHaveLength(3);
      const healed = await runs.run((nth) => (nth < 3 ? redirect : undefined));
      expect(healed.item).toMatchObject({ balances: [{ currency: 'ADA' }] });
      expect(elsewhere).toBe(0);
    });
  });

  it.each([
    [{}, 'the answer is an object, not an array'],
    [null, 'the answer is null, not an array'],
    ['[]', 'the answer is a string, not an array'],
  ])('faults row 33: %j is malformed, and kept', async (body, detail) => {
    expect(await recorded(body)).toMatchObject({ ...malformed(detail), ...kept(body) });
  });
});

describe('a list of balances', () => {
  it('faults row 32: [] is the snapshot of an account that holds nothing', async () => {
    expect(await recorded([])).toMatchObject({ balances: [] });
  });

  it('faults row 34: one wrong line of thirty rejects the whole answer, and its path is named', async () => {
    const lines: unknown[] = many(30).with(17, { ...ADA, locked: 'none' });
    const item = await recorded(lines);
    expect(item).toMatchObject(malformed('[17].locked is not a decimal number such as 0.25 or 1e-8'));
    expect(item).toMatchObject(kept(lines));
    expect(item).not.toHaveProperty('balances');
  });

  it('faults row 35: the same currency twice is rejected', async () => {
    expect(await recorded([ADA, { ...ADA, balance: '1' }])).toMatchObject(
      malformed('[1].currency repeats that of an earlier line'),
    );
  });

  it('faults row 36: unknown fields and currencies are accepted, even a thousand of them', async () => {
    const item = await snapshotOf([
      { ...ADA, currency: 'never-heard-of', staked: '1', frozen: { a: 1 } },
      { ...ADA, currency: 'btc' },
      ...many(998),
    ]);
    expect(item.balances).toHaveLength(1_000);
    expect(item.balances.map(({ currency }) => currency)).toEqual(
      expect.arrayContaining(['btc', 'never-heard-of']),
    );
    expect(item.unknownFields).toEqual(['frozen', 'staked']);
  });

  it('faults row 39: names that every object inherits are stored, and __proto__ is rejected', async () => {
    const names = ['constructor', 'hasOwnProperty', 'toString'];
    const item = await snapshotOf(names.map((currency) => ({ ...ADA, currency, unit_currency: currency })));
    expect(item.balances.map(({ currency, unitCurrency }) => [currency, unitCurrency])).toEqual(
      names.map((name) => [name, name]),
    );
    expect(item.balances.map(({ balance }) => formatDecimal(balance))).toEqual(names.map(() => ADA.balance));
    expect(await recorded([{ ...ADA, currency: '__proto__' }])).toMatchObject(
      malformed('[0].currency is __proto__, which cannot be stored'),
    );
  });
});

describe('an amount', () => {
  const form = 'is not a decimal number such as 0.25 or 1e-8';
  it.each<[unknown, string]>([
    ...['NaN', '', '1,000', '0x10', 'Infinity', '.5', '5.', '+5', '５', '1e999999999'].map(
      (text): [unknown, string] => [text, form],
    ),
    [10.386546, 'is a number, not text'],
    [null, 'is null, not text'],
    ['-1', 'is negative'],
    ['9'.repeat(39), 'has 39 significant digits, more than 38'],
    ['1e126', 'is 1e126 or larger'],
    ['1e-131', 'is smaller than 1e-130 but not zero'],
    ['0'.repeat(201), 'has 201 characters, more than 200'],
  ])('faults row 37: %j is rejected in any amount field', async (amount, problem) => {
    for (const field of ['balance', 'locked', 'avg_buy_price'])
      expect(await recorded([{ ...ADA, [field]: amount }])).toMatchObject(
        malformed(`[0].${field} ${problem}`),
      );
  });

  it.each(['1e-8', '-0', '00.10', '12345678901234567890.123456789012345678', '1e-130', '9.99e125', '0.0'])(
    'faults row 37: %s is kept exactly',
    async (amount) => {
      const item = await snapshotOf([{ ...ADA, balance: amount, locked: amount, avg_buy_price: amount }]);
      for (const { balance, locked, avgBuyPrice } of item.balances)
        for (const kept of [balance, locked, avgBuyPrice])
          expect(new Big(formatDecimal(kept)).eq(amount)).toBe(true);
    },
  );
});

describe('an answer that is too large', () => {
  const tooLarge = { failure: 'response.tooLarge', attempts: 1 };

  it.each(['tooLarge', 'tooLargeCompressed'] as const)(
    'faults row 38: %s is cut off at 1 MB',
    async (fault) => {
      const { item, asked } = await runs.run(FAULTS[fault]);
      expect(item).toMatchObject({ ...tooLarge, detail: 'the answer is over 1 MB' });
      expect(asked).toHaveLength(1);
    },
  );

  it('faults row 13: 2 MB of one account’s balances cost no other account its snapshot', async () => {
    // The run helper checks that the other account has its snapshot.
    expect(await recorded(many(20_000))).toMatchObject(tooLarge);
  });

  it('faults row 44: an empty name or one over 64 characters is rejected, and nothing else is put', async () => {
    for (const currency of ['', 'x'.repeat(65)]) {
      const puts = () => runs.parts().dynamoDb.calls.filter(({ operation }) => operation === 'PutItem');
      const before = puts().length;
      expect(await recorded([{ ...ADA, currency }])).toMatchObject(
        malformed('[0].currency does not have 1 to 64 characters'),
      );
      expect(puts().length - before, 'the failure, and the other account’s snapshot').toBe(2);
    }
  });

  it('faults row 44: what does not fit an item is rejected before the put', async () => {
    // Each name is in three maps and a set: 2,000 lines are 0.4 MB on the wire and 0.5 MB as an item.
    const held = { locked: '1', avg_buy_price: '1', avg_buy_price_modified: true };
    const body = many(2_000, 'x'.repeat(60)).map((line) => ({ ...line, ...held }));
    const item = await recorded(body);
    expect(item).toMatchObject(tooLarge);
    expect(item).toMatchObject({
      detail: expect.stringMatching(/^the snapshot of 2000 currencies has about 5\d{5} bytes/),
    });
    const puts = runs.parts().dynamoDb.calls.map((call) => call.body.length);
    expect(Math.max(...puts)).toBeLessThan(200_000);
  });
});
