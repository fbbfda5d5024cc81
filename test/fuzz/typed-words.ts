import { parseTime } from '../../cli/ledger/time.ts';
import { parseAccountName } from '../../lambda/core/account.ts';
import { DAY, HOUR } from '../../lambda/core/instant.ts';
import { catalogOf, memoryLedger, snapshot } from '../support/memory-ledger.ts';
import { SLOT } from '../support/memory-parts.ts';
import { typed } from '../support/typed.ts';
import type { Chance } from './chance.ts';
import { mutateText, oddText } from './mutate.ts';
import { must, mustBeSentence, type Target } from './target.ts';

const TIMES = [
  '2026-11-22T06:00:00Z',
  '2026-11-22T06:00Z',
  '2026-11-22T06:00:00.123456789Z',
  '2026-11-22T06:00:00+08:00',
  '2026-11-22T06:00:00-0330',
  '2026-11-22',
  '9999-12-31',
  '9999-12-31T23:59:59Z',
  '0000-01-02',
  '30d',
  '12h',
  '90m',
  '999999999m',
  '1763791200',
] as const;

function time(chance: Chance): string {
  const text = chance.pick(TIMES);
  return chance.oneIn(3) ? text : mutateText(chance, chance.oneIn(4) ? mutateText(chance, text) : text);
}

/** A time or the name of an account: `parseTime`, `parseAccountName`. */
export const words: Target<string> = {
  name: 'words',
  share: 17.5,
  make: (chance) =>
    chance.oneIn(6) ? mutateText(chance, 'sg/main') : chance.oneIn(12) ? oddText(chance) : time(chance),
  judge(text) {
    const account = parseAccountName(text);
    must(account === undefined || account === text, () => `the account ${account}`);
    must(
      account === undefined || /^(sg|id|th|kr)\/[a-z0-9-]{1,32}$/.test(text),
      () => `the account ${account}`,
    );
    const { value, problem } = parseTime(text, SLOT);
    if (problem !== undefined) {
      mustBeSentence(problem, /^(is|has|does|lies) /);
      return account === undefined ? 'rejected' : 'an account';
    }
    must(Number.isSafeInteger(value.instant), () => `the instant ${value.instant}`);
    must(value.kind === 'instant' || value.instant % DAY === 0, () => 'a date that is not midnight');
    // If Date.parse can read the text, it must agree; it does not know "30d", or offsets without a colon.
    const other = Date.parse(text);
    if (text.includes('-') && !Number.isNaN(other))
      must(other === value.instant, () => `${other}, not ${value.instant}`);
    return value.kind;
  },
};

const LEDGER = memoryLedger(
  catalogOf(
    [{ account: 'sg/main', since: SLOT - DAY }],
    [{ from: SLOT - DAY, every: '1h', timeZone: 'Asia/Seoul', regions: ['sg'] }],
  ),
  Array.from({ length: 20 }, (_, hour) => snapshot('sg/main', SLOT - DAY + hour * HOUR)),
);
/** All commands except `report`, which writes a file. */
const COMMANDS = [
  'latest',
  'at',
  'history',
  'changes',
  'slots',
  'gaps',
  'accounts',
  'export',
  'lates',
  '',
] as const;
const OPTIONS: readonly [(chance: Chance) => string[], ...((chance: Chance) => string[])[]] = [
  (chance) => ['--from', time(chance)],
  (chance) => ['--to', time(chance)],
  (chance) => ['--account', chance.oneIn(2) ? 'sg/main' : mutateText(chance, 'sg/main')],
  (chance) => ['--currency', chance.oneIn(2) ? 'btc' : oddText(chance)],
  (chance) => ['--format', chance.pick(['json', 'csv', 'table', 'jsonl', 'beancount', 'xml'])],
  (chance) => ['--every', chance.pick(['1h', '6h', '1d', '7m', ''])],
  (chance) => ['--table', oddText(chance)],
  () => ['--total'],
  () => ['--real'],
  () => ['--help'],
  (chance) => [oddText(chance)],
  (chance) => [time(chance)],
];

/** Whole command lines: commander, with every option's parser. */
export const commandLines: Target<readonly string[]> = {
  name: 'command lines',
  share: 0.5,
  make(chance) {
    const options = chance.times(chance.below(4), () => chance.pick(OPTIONS)(chance));
    const command: string = chance.pick(COMMANDS);
    return [
      command,
      ...(chance.oneIn(2) ? ['--local'] : []),
      ...(command === 'at' ? [time(chance)] : []),
      ...options.flat(),
    ];
  },
  async judge(given) {
    const { exitCode, stdout, stderr, opened, closed } = await typed(given, LEDGER, { now: SLOT });
    must([0, 2, 3].includes(exitCode), () => `exit code ${exitCode}: ${stderr.join('\n')}`);
    must(opened.length === closed, () => 'a ledger was left open');
    must(exitCode !== 2 || stdout === '', () => 'data from a command with wrong usage');
    must(exitCode !== 2 || /^(error: |Usage: )/.test(stderr[0] ?? ''), () => `no sentence: ${stderr[0]}`);
    must(
      !stderr.some((text) => /^ {4}at |\bTypeError\b|\bundefined\b/.test(text)),
      () => `a stack: ${stderr.join('\n')}`,
    );
    return exitCode === 2 ? 'wrong usage' : `exit code ${exitCode}`;
  },
};
