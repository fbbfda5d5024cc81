import { fingerprint } from '../../lambda/adapters/fingerprint.ts';
import type { AccountName } from '../../lambda/core/account.ts';
import { formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { type ApiKey, daysUntil, isKeyProblem, type KeyProblem } from '../../lambda/core/keys.ts';
import { type Column, table } from '../print/table.ts';

/** One account in the secret. No key is in it. */
export type KeyRow = {
  readonly account: string;
  /** The fingerprint of the access key, as in the snapshots; null if there is a problem. */
  readonly keyId: string | null;
  /** `2027-10-01`; null if the secret does not say. */
  readonly expiresOn: string | null;
  /** Whole days until then; negative once it is past. */
  readonly daysLeft: number | null;
  /** The code that the collector records for each slot; null if the key can be used. */
  readonly problem: string | null;
};

export const KEY_COLUMNS = [
  'account',
  'keyId',
  'expiresOn',
  'daysLeft',
  'problem',
] as const satisfies readonly (keyof KeyRow)[];

const COLUMNS: readonly Column[] = [
  { title: 'account', align: 'text' },
  { title: 'key id', align: 'text' },
  { title: 'expires on', align: 'text' },
  { title: 'days left', align: 'number' },
  { title: 'problem', align: 'text' },
];

/** The row of an account of the secret. */
export function keyRow(account: AccountName, entry: ApiKey | KeyProblem, now: Instant): KeyRow {
  if (isKeyProblem(entry))
    return { account, keyId: null, expiresOn: null, daysLeft: null, problem: entry.code };
  const { accessKey, expiresOn } = entry;
  return {
    account,
    keyId: fingerprint(accessKey),
    ...(expiresOn === undefined
      ? { expiresOn: null, daysLeft: null }
      : { expiresOn: dayOf(expiresOn), daysLeft: daysUntil(expiresOn, now) }),
    problem: null,
  };
}

/** The rows as a table; empty without rows. */
export function keyTable(rows: readonly KeyRow[], width: number): string[] {
  const cells = rows.map((row) => KEY_COLUMNS.map((column) => String(row[column] ?? '')));
  return rows.length === 0 ? [] : [table(COLUMNS, cells, width)];
}

/** `2027-10-01`, the day on which a key expires. */
export function dayOf(expiresOn: Instant): string {
  return formatSecond(expiresOn).slice(0, 10);
}
