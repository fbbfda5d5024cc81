import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { readText } from '../../support/checkout.ts';
import { memoryLedger, time } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const cost = (words: string, columns?: number) =>
  typed(`cost${words}`, memoryLedger(EMPTY_CATALOG, []), {
    now: time('2026-11-23T00:00:00Z'),
    ...(columns === undefined ? {} : { columns }),
  });

describe('balances cost', () => {
  it('prints a line per unit used and the total, states its assumptions, and opens no ledger', async () => {
    const { exitCode, stdout, stderr, opened } = await cost('');
    const lines = stdout.trimEnd().split('\n');
    expect(exitCode).toBe(0);
    expect(opened).toEqual([]);
    expect(lines[0]).toMatch(/^in a month +quantity +USD each +list +to pay$/);
    expect(lines).toContainEqual(
      expect.stringMatching(/^DynamoDB write unit +6727 +0\.00000071 +0\.0048 +0\.0048$/),
    );
    expect(lines).toContainEqual(expect.stringMatching(/^secret +1 +0\.4 +0\.4000 +0\.4000$/));
    expect(lines.at(-1)).toMatch(/^total +1\.\d\d +0\.\d\d$/);
    expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(80);
    expect(stderr).toEqual([
      'assumed: 3 accounts of 28 currencies (977 bytes a snapshot), market prices of 3 regions (1429 bytes each), 12 months of them stored, 3.64 s a run, a seal a day (0.6032 s), 31 days, no failure',
      'to pay: after AWS’s always-free allowances, if nothing else in your AWS account uses them; before tax',
      expect.stringMatching(
        /^AWS’s prices: ap-southeast-1, dated 20[\d-]+ to 20[\d-]+; taken from another region or size: Scheduler invocation, DynamoDB read unit, /,
      ),
    ]);
  });

  it('depends on the settings of the stack and the workload', async () => {
    const { stdout } = await cost(
      ' --accounts 10 --currencies 40 --months 24 -c every=5m -c memory=512 --format json',
    );
    const rows: unknown = JSON.parse(stdout);
    expect(rows).toEqual(
      expect.arrayContaining([
        {
          unit: 'Lambda GB-second (arm64)',
          quantity: '18803.1492',
          unit_price: '0.0000133334',
          list: '0.25070990954328',
          to_pay: '0',
        },
        {
          unit: 'DynamoDB write unit',
          quantity: '232190',
          unit_price: '0.00000071',
          list: '0.1648549',
          to_pay: '0.1648549',
        },
      ]),
    );
  });

  it('counts no prices with -c prices=false, and then says so', async () => {
    const { stdout, stderr } = await cost(' -c prices=false');
    expect(stdout).toMatch(/^DynamoDB write unit +2263 /m);
    expect(stderr[0]).toContain(' a snapshot), no market prices, 12 months of them stored, 2.44 s a run,');
    expect((await cost(' -c seals=false')).stderr[0]).toContain('3.64 s a run, no seals, 31 days');
    expect((await cost(' --accounts 1')).stderr[0]).toContain('market prices of 1 region (');
  });

  it('counts each copy of the table, and says whose prices they are', async () => {
    const { stdout, stderr } = await cost(' -c replicas=eu-west-1,us-east-1');
    expect(stdout).toMatch(/^DynamoDB write unit +20181 /m);
    expect(stdout).toMatch(/^GB sent to other regions +0\.011689728 +0\.09 /m);
    expect(stderr.at(-1)).toBe(
      'copies in eu-west-1, us-east-1: counted at the prices of ap-southeast-1, but AWS charges those of each region; filling a new copy is not counted',
    );
    expect((await cost(' -c replicas=prepared')).stdout).toBe((await cost('')).stdout);
  });

  it('prints exact amounts in CSV, with totals in the last line', async () => {
    const { stdout } = await cost(' --format csv');
    const [header, ...lines] = stdout.trimEnd().split('\n');
    expect(header).toBe('unit,quantity,unit_price,list,to_pay');
    expect(lines).toContain('Secrets Manager call,744,0.000005,0.00372,0.00372');
    expect(lines.at(-1)).toMatch(/^total,,,1\.\d+,0\.\d+$/);
  });

  it.each([
    [
      ' -c every=7m',
      'the configuration key every is "7m"; allowed: 1m, 5m, 10m, 15m, 30m, 1h, 2h, 3h, 4h, 6h, 8h, 12h, 1d',
    ],
    [' -c evrey=1h', expect.stringMatching(/^error: the configuration key "evrey" is unknown; allowed: /)],
  ])('refuses%s with one message', async (words, message) => {
    const { exitCode, stdout, stderr } = await cost(words);
    expect(exitCode).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toEqual([typeof message === 'string' ? `error: ${message}` : message]);
  });
});

describe('the documented cost', () => {
  const COMMAND = '$ npx balances cost';

  it('in docs/cost.md is the output of the command', async () => {
    const blocks = readText('docs/cost.md')
      .split(/^```\n/m)
      .filter((block) => block.startsWith(COMMAND));
    expect(blocks.length).toBeGreaterThan(1);
    for (const block of blocks) {
      const [command = '', ...answer] = block.split('\n');
      const { stdout } = await cost(command.slice(COMMAND.length));
      expect(answer.join('\n'), command).toBe(stdout);
    }
  });

  it('in the README is the total of the default stack, and in docs/cost.md that without prices', async () => {
    const totals = async (words: string) => {
      const [, list, toPay] = /^total +(\S+) +(\S+)$/m.exec((await cost(words)).stdout) ?? [];
      return { list, toPay };
    };
    const { list, toPay } = await totals('');
    expect(readText('README.md')).toContain(`$${toPay} a month on AWS, $${list} if`);
    const without = await totals(' -c prices=false');
    expect(readText('docs/cost.md')).toContain(`costs $${without.toPay} (list: $${without.list}).`);
  });
});
