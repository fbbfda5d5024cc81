import { Option } from 'commander';
import { formatDecimal } from '../../lambda/core/decimal.ts';
import { MAX_ACCOUNTS } from '../../lambda/core/keys.ts';
import { type Bill, billOf } from '../cost/bill.ts';
import { type Context, readContext, withOverride } from '../cost/context.ts';
import { roundedUp } from '../cost/exact.ts';
import {
  type Month,
  monthOf,
  tickersOf,
  typicalSealSeconds,
  typicalSeconds,
  type Work,
} from '../cost/month.ts';
import { PRICE_LIST, PRICED_REGION } from '../cost/price-list.ts';
import { usageOf } from '../cost/usage.ts';
import { wrongUsage } from '../ledger/options.ts';
import type { Io } from '../ledger/session.ts';
import { FORMATS, type Format, printRows, type Row } from '../print/format.ts';
import { printable } from '../print/printable.ts';
import { type Column, table } from '../print/table.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `cost`. */
interface CostOptions {
  readonly accounts: number;
  readonly currencies: number;
  readonly months: number;
  readonly context?: Context;
  readonly format: Format;
}

/** A typical account; its snapshot takes one write unit (docs/performance.md). */
const CURRENCIES = 28;
const MAX_CURRENCIES = 1_000;
const MAX_MONTHS = 1_200;
/** Lines are rounded up to a hundredth of a cent, totals to a cent. */
const LINE_DIGITS = 4;
const TOTAL_DIGITS = 2;

const SETTINGS = new URL('../../cdk.json', import.meta.url);

const ROW_COLUMNS = ['unit', 'quantity', 'unit_price', 'list', 'to_pay'];
const COLUMNS: readonly Column[] = [
  { title: 'in a month', align: 'text' },
  { title: 'quantity', align: 'number' },
  { title: 'USD each', align: 'number' },
  { title: 'list', align: 'number' },
  { title: 'to pay', align: 'number' },
];

export const addCost: AddCommand = (program, { io, finish }) => {
  const whole = (option: string, most: number) => (text: string) => wholeOf(option, text, most);
  program
    .command('cost')
    .description('what a month of the stack costs, line by line; needs no AWS account')
    .option('--accounts <n>', 'how many Upbit accounts', whole('--accounts', MAX_ACCOUNTS), 3)
    .option(
      '--currencies <n>',
      'how many currencies each holds',
      whole('--currencies', MAX_CURRENCIES),
      CURRENCIES,
    )
    .option('--months <n>', 'how many months of records are stored', whole('--months', MAX_MONTHS), 12)
    .option('-c, --context <key=value>', 'as for cdk deploy: -c every=5m; may be repeated', contextOf)
    .addOption(new Option('--format <format>', 'how to print').choices(FORMATS).default('table'))
    .addHelpText('after', '\nExample: balances cost --accounts 10 -c every=5m')
    .action((options: CostOptions) => finish(printCost(options, io)));
};

/**
 * `balances cost`: the monthly cost of the stack that a deploy with these settings would create.
 *
 * @throws CodedError `cost.unpriced`, `config.invalid`, `file.invalid`
 */
async function printCost(options: CostOptions, io: Io): Promise<number> {
  const context = readContext(SETTINGS, options.context ?? {});
  // Loaded on demand: the CDK takes a second to load.
  const { synthesize } = await import('../../infra/template.ts');
  const { config, resources } = synthesize(context);
  const { every, prices: hasPrices, seals, timestampUrl } = config;
  const timestamps = seals && timestampUrl !== undefined;
  const work: Work = {
    ...options,
    every,
    regions: config.regions.length,
    prices: hasPrices,
    seals,
    timestamps,
  };
  const month = monthOf(work);
  const bill = billOf(usageOf(resources, month), PRICE_LIST);
  await printRows(
    options.format,
    {
      columns: ROW_COLUMNS,
      rows: () => rows(bill),
      table: (width) => [table(COLUMNS, cells(bill), width)],
    },
    io,
  );
  const lines = [...notes(work, month, bill), ...aboutCopies(config.replicas ?? [])];
  for (const line of lines) io.stderr.write(`${line}\n`);
  return 0;
}

function rows({ lines, list, toPay }: Bill): Row[] {
  const total = { unit: 'total', quantity: null, unit_price: null };
  return [
    ...lines.map((line) => ({
      unit: line.unit,
      quantity: formatDecimal(line.quantity),
      unit_price: formatDecimal(line.price),
      list: formatDecimal(line.list),
      to_pay: formatDecimal(line.toPay),
    })),
    { ...total, list: formatDecimal(list), to_pay: formatDecimal(toPay) },
  ];
}

function cells({ lines, list, toPay }: Bill): string[][] {
  return [
    ...lines.map((line) => [
      line.unit,
      formatDecimal(line.quantity),
      formatDecimal(line.price),
      roundedUp(line.list, LINE_DIGITS),
      roundedUp(line.toPay, LINE_DIGITS),
    ]),
    ['total', '', '', roundedUp(list, TOTAL_DIGITS), roundedUp(toPay, TOTAL_DIGITS)],
  ];
}

function notes(work: Work, { snapshotBytes, priceBytes }: Month, bill: Bill): string[] {
  const { accounts, currencies, months } = work;
  const tickers = tickersOf(work);
  const used = Object.values(PRICE_LIST).filter(({ unit }) => bill.lines.some((line) => line.unit === unit));
  const dates = used.map(({ date }) => date).sort();
  const unconfirmed = used.flatMap(({ unit, unconfirmed: how }) => (how === undefined ? [] : [unit]));
  const ofTickers =
    tickers === 0
      ? 'no market prices'
      : `market prices of ${tickers} ${tickers === 1 ? 'region' : 'regions'} (${priceBytes} bytes each)`;
  const sealing = formatDecimal(typicalSealSeconds(accounts + tickers, work.every, work.timestamps));
  const seals = work.seals
    ? `a seal a day${work.timestamps ? ' and its time-stamp' : ''} (${sealing} s)`
    : 'no seals';
  return [
    `assumed: ${accounts} accounts of ${currencies} currencies (${snapshotBytes} bytes a snapshot), ${ofTickers}, ${months} months of them stored, ${formatDecimal(typicalSeconds(accounts, tickers))} s a run, ${seals}, 31 days, no failure`,
    'to pay: after AWS’s always-free allowances, if nothing else in your AWS account uses them; before tax',
    `AWS’s prices: ${PRICED_REGION}, dated ${dates[0]} to ${dates.at(-1)}; taken from another region or size: ${unconfirmed.join(', ')}`,
  ];
}

/** Only one AWS region has a price list here. */
function aboutCopies(replicas: readonly string[]): string[] {
  if (replicas.length === 0) return [];
  return [
    `copies in ${replicas.join(', ')}: counted at the prices of ${PRICED_REGION}, but AWS charges those of each region; filling a new copy is not counted`,
  ];
}

function wholeOf(option: string, text: string, most: number): number {
  const number = /^[1-9]\d{0,3}$/.test(text) ? Number(text) : 0;
  if (number >= 1 && number <= most) return number;
  throw wrongUsage(`${option} ${quoted(text)} is not a whole number from 1 to ${most}`);
}

function contextOf(text: string, before?: Context): Context {
  const context = withOverride(text, before);
  if (context === undefined)
    throw wrongUsage(`-c ${quoted(text)} is not of the form key=value, e.g. every=5m`);
  return context;
}

function quoted(text: string): string {
  return JSON.stringify(printable(text));
}
