import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { DAY, HOUR, MINUTE } from '../../lambda/core/instant.ts';
import { ROOT } from '../support/checkout.ts';
import { catalogOf, line, memoryLedger, sheet, snapshot, time } from '../support/memory-ledger.ts';
import { typed } from '../support/typed.ts';

// Each question of docs/questions.md is answered by its command: on a ledger that begins in September 2026.

const BEGIN = time('2026-09-01T00:00:00Z');
const NOW = time('2026-11-20T12:30:00Z');
const ACCOUNTS = ['sg/main', 'sg/second', 'th/main'] as const;
const SLOTS = Array.from({ length: Math.ceil((NOW - BEGIN) / HOUR) }, (_, hour) => BEGIN + hour * HOUR);
const LEDGER = memoryLedger(
  catalogOf(
    ACCOUNTS.map((account) => ({ account, since: BEGIN })),
    [{ from: BEGIN, every: '1h', timeZone: 'UTC', regions: ['sg', 'th'] }],
  ),
  // One slot is missing, so that `gaps` has something to say.
  SLOTS.filter((slot) => slot !== BEGIN + 40 * DAY).flatMap((slot, hour) =>
    ACCOUNTS.map((account) =>
      snapshot(account, slot, [
        line('BTC', String(1 + hour), '0.5', '60000'),
        line('ETH', '2', '0', '3000'),
        line('XRP', String(hour)),
      ]),
    ),
  ),
  SLOTS.flatMap((slot) => [
    sheet('sg', slot, { 'SGD-BTC': '64000', 'SGD-ETH': '3200', 'SGD-XRP': '0.5', 'SGD-USDT': '1.34' }),
    sheet('th', slot, { 'THB-BTC': '2260000', 'THB-ETH': '111800', 'THB-XRP': '19', 'THB-USDT': '35' }),
  ]),
);

const QUESTIONS = [
  ...readFileSync(join(ROOT, 'docs/questions.md'), 'utf8').matchAll(/^\| (.+) \| `balances (.+)` \|$/gm),
].map(([, question = '', command = '']) => ({ question, command }));
const folder = mkdtempSync(join(tmpdir(), 'questions-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('the questions of docs/questions.md', () => {
  it('are thirty', () => {
    expect(QUESTIONS).toHaveLength(30);
  });

  // The deployment that `doctor` looks at is not there; its own tests have one.
  it.each(QUESTIONS.filter(({ command }) => command !== 'doctor'))('$question', async ({ command }) => {
    const words = command
      .split(' ')
      .map((word, index, all) =>
        all[index - 1] === '--out' ? join(folder, word) : word.replaceAll('"', ''),
      );
    const { exitCode, stdout, stderr } = await typed([...words, '--real'], LEDGER, { now: NOW + MINUTE });
    expect([exitCode, stderr.filter((text) => text.startsWith('error'))]).toEqual([
      command.startsWith('gaps') ? 3 : 0,
      [],
    ]);
    const out = words[words.indexOf('--out') + 1] ?? '';
    const answer = words.includes('--out') ? readFileSync(out, 'utf8') : stdout;
    expect(answer.trim().split('\n').length).toBeGreaterThan(1);
  });
});
