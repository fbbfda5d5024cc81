import { describe, expect, it } from 'vitest';
import { sha256 } from '../../../lambda/adapters/sha256.ts';
import { DAY, HOUR, type Instant } from '../../../lambda/core/instant.ts';
import { dayName, type Seal } from '../../../lambda/core/seal.ts';
import type { TimeZone } from '../../../lambda/core/slots.ts';
import { mailRoot } from '../../../lambda/sealer/mail-root.ts';
import type { SealLogFields } from '../../../lambda/sealer/ports.ts';
import { time } from '../../support/memory-ledger.ts';
import { SEAL } from '../../support/seals.ts';
import { StoredTable } from '../../support/stored-table.ts';

/** The subjects of the mails after a run at `at` that sealed these days, with a newest seal. */
async function mails(
  at: Instant,
  days: readonly string[],
  newest: Seal | undefined = undefined,
  timeZone: TimeZone = 'UTC',
) {
  const sent: { subject: string; text: string }[] = [];
  const logged: SealLogFields[] = [];
  const ledger = new StoredTable(0);
  ledger.newestSeal = async () => newest;
  await mailRoot(
    at,
    { send: async (subject, text) => void sent.push({ subject, text }) },
    { sealed: days.map((day, index) => ({ day, root: `${index}`.repeat(64), items: 1 })) },
    { timeZone, writer: '0.1.0' },
    { ledger, clock: { now: () => at }, sha256, log: (fields) => void logged.push(fields) },
  );
  expect(logged.map(({ level, message, root }) => `${level} ${message} ${root}`)).toEqual(
    sent.map(({ subject }) => `INFO mail ${subject.split(': ')[1]}`),
  );
  return sent;
}

const FIRST_OF_APRIL = time('2026-04-01T01:00:00Z');

describe('the mail with a root', () => {
  it('is sent by the run that seals the last day of a month, with the root in its subject', async () => {
    const [mail, ...others] = await mails(FIRST_OF_APRIL, ['2026-03-31']);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe(`Ledger root 2026-03-31: ${'0'.repeat(64)}`);
    // SNS: fewer than 100 characters of ASCII, no line break. docs.aws.amazon.com/sns/latest/api/API_Publish.html
    expect(mail?.subject).toMatch(/^[A-Za-z][\x20-\x7e]{0,98}$/);
    expect(mail?.text).toContain(`up to 2026-03-31 (UTC)`);
    expect(mail?.text).toContain(`balances verify --expect ${'0'.repeat(64)}`);
  });

  it('is sent for the end of each month, and on no other day', async () => {
    for (let at = time('2027-01-02T01:00:00Z'); at < time('2028-03-05T00:00:00Z'); at += DAY) {
      const day = dayName({ from: at - HOUR - DAY, timeZone: 'UTC' });
      const isFirst = new Date(at).getUTCDate() === 1;
      expect(await mails(at, [day]), day).toHaveLength(isFirst ? 1 : 0);
    }
  });

  it('is one, of the newest end of a month, where a run catches up', async () => {
    const days = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01'];
    const sent = await mails(time('2026-04-02T01:00:00Z'), days);
    expect(sent.map(({ subject }) => subject.slice(0, 22))).toEqual(['Ledger root 2026-03-31']);
  });

  it('is sent by a run that is tried again, after the seal is there', async () => {
    expect(await mails(FIRST_OF_APRIL, [], SEAL)).toMatchObject([
      { subject: `Ledger root 2026-03-31: ${SEAL.root}` },
    ]);
    // The next day's run has another newest day.
    expect(await mails(FIRST_OF_APRIL + DAY, [], SEAL)).toEqual([]);
    expect(await mails(FIRST_OF_APRIL, [])).toEqual([]);
  });

  it('is of the month in the time zone of the stack', async () => {
    const seal: Seal = { ...SEAL, timeZone: 'Asia/Seoul', from: time('2026-03-30T15:00:00Z') };
    const at = time('2026-03-31T16:00:00Z');
    expect(await mails(at, [], seal, 'Asia/Seoul')).toMatchObject([
      { text: expect.stringContaining('2026-03-31 (Asia/Seoul)') },
    ]);
  });
});
