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

/** The mails of a run at `at`, in a ledger with seals of these days. */
async function mails(at: Instant, seals: readonly Seal[], timeZone: TimeZone = 'UTC') {
  const sent: { subject: string; text: string }[] = [];
  const logged: SealLogFields[] = [];
  const ledger = new StoredTable(0);
  for (const seal of seals) await ledger.putSeal(seal);
  await mailRoot(
    at,
    { send: async (subject, text) => void sent.push({ subject, text }) },
    { timeZone, writer: '0.1.0' },
    { ledger, clock: { now: () => at }, sha256, log: (fields) => void logged.push(fields) },
  );
  expect(logged.map(({ level, message, root }) => `${level} ${message} ${root}`)).toEqual(
    sent.map(({ subject }) => `INFO mail ${subject.split(': ')[1]}`),
  );
  return sent;
}

/** The seal of a day, made then. */
const sealOf = (day: string, sealedAt: Instant): Seal => ({
  ...SEAL,
  from: time(`${day}T00:00:00Z`),
  root: day.slice(8).repeat(32),
  sealedAt,
});

const FIRST_OF_APRIL = time('2026-04-01T01:00:00Z');

describe('the mail with a root', () => {
  it('is sent by the run that seals the last day of a month, with the root in its subject', async () => {
    const seal = sealOf('2026-03-31', FIRST_OF_APRIL + 1_234);
    const [mail, ...others] = await mails(FIRST_OF_APRIL, [seal]);
    expect(others).toEqual([]);
    expect(mail?.subject).toBe(`Ledger root 2026-03-31: ${seal.root}`);
    // SNS: fewer than 100 characters of ASCII, no line break. docs.aws.amazon.com/sns/latest/api/API_Publish.html
    expect(mail?.subject).toMatch(/^[A-Za-z][\x20-\x7e]{0,98}$/);
    expect(mail?.text).toContain('up to 2026-03-31 (UTC)');
    expect(mail?.text).toContain(`balances verify --expect ${seal.root}`);
  });

  it('is sent for the end of each month, and on no other day', async () => {
    const seals: Seal[] = [];
    for (let at = time('2027-01-02T01:00:00Z'); at < time('2028-03-05T00:00:00Z'); at += DAY) {
      const day = dayName({ from: at - HOUR - DAY, timeZone: 'UTC' });
      seals.push(sealOf(day, at + 1_000));
      const isFirst = new Date(at).getUTCDate() === 1;
      expect(await mails(at, seals), day).toHaveLength(isFirst ? 1 : 0);
    }
  });

  it('is one, of the newest end of a month, where a run catches up', async () => {
    const at = time('2026-04-02T01:00:00Z');
    const days = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01'];
    const sent = await mails(
      at,
      days.map((day) => sealOf(day, at + 9_000)),
    );
    expect(sent.map(({ subject }) => subject.slice(0, 22))).toEqual(['Ledger root 2026-03-31']);
  });

  it('is sent by an event that is tried again, whatever an attempt before sealed, and by no later event', async () => {
    const at = time('2026-04-02T01:00:00Z');
    // The first attempt sealed the end of the month and failed; the second sealed the day after.
    const seals = [sealOf('2026-03-31', at + 1_000), sealOf('2026-04-01', at + 90_000)];
    expect(await mails(at, seals)).toHaveLength(1);
    expect(await mails(at + DAY, seals)).toEqual([]);
    expect(await mails(FIRST_OF_APRIL, [])).toEqual([]);
    // Our clock may be a little behind.
    expect(await mails(FIRST_OF_APRIL, [sealOf('2026-03-31', FIRST_OF_APRIL - 30_000)])).toHaveLength(1);
    expect(await mails(FIRST_OF_APRIL, [sealOf('2026-03-31', FIRST_OF_APRIL - HOUR)])).toEqual([]);
  });

  it('is of no day that has no seal, though an earlier one has', async () => {
    expect(await mails(FIRST_OF_APRIL, [sealOf('2026-03-30', FIRST_OF_APRIL + 1_000)])).toEqual([]);
  });

  it('is of the month in the time zone of the stack', async () => {
    const at = time('2026-03-31T16:00:00Z');
    const seal: Seal = {
      ...{ ...SEAL, timeZone: 'Asia/Seoul', sealedAt: at + 1_000 },
      from: time('2026-03-30T15:00:00Z'),
    };
    expect(await mails(at, [seal], 'Asia/Seoul')).toMatchObject([
      { text: expect.stringContaining('2026-03-31 (Asia/Seoul)') },
    ]);
  });
});
