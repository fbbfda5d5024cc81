import { readFileSync } from 'node:fs';
import { sha256 } from '../../lambda/adapters/sha256.ts';
import { formatMillisecond, formatSecond, type Instant } from '../../lambda/core/instant.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import {
  accountText,
  dayName,
  itemText,
  rootText,
  type Seal,
  type SealedItem,
  type Timestamp,
} from '../../lambda/core/seal.ts';
import { claimsText, type EvidenceFiles } from './claims.ts';
import { evidencePage } from './page.ts';

/** What is proven, and by what. */
export interface Proof {
  readonly item: SealedItem;
  /** All items of the account's day, in order. */
  readonly items: readonly SealedItem[];
  /** The seal of that day, and each one after it, in order. */
  readonly seals: readonly [Seal, ...Seal[]];
  /** The time-stamp token of one of these seals; undefined if none has one. */
  readonly stamp: Stamp | undefined;
  readonly simulated: boolean;
}

/** A time-stamp token, and what it says. */
export interface Stamp {
  /** The first instant of its seal's day. */
  readonly from: Instant;
  readonly token: Uint8Array;
  readonly timestamp: Timestamp;
}

/** The files of a folder that shows what was recorded. They can be checked with the program in it, `check.sh`. */
export function evidenceFiles({ item, items, seals, stamp, simulated }: Proof): EvidenceFiles {
  const [seal] = seals;
  const newest = seals.at(-1) ?? seal;
  const claims = {
    form: '1',
    account: item['account']?.S ?? '',
    slot: item['slot']?.S ?? '',
    day: dayName(seal),
    timeZone: seal.timeZone,
    sealedAt: formatMillisecond(seal.sealedAt),
    root: newest.root,
    rootDay: dayName(newest),
    simulated: simulated ? 'yes' : 'no',
  };
  const stamped = stamp && {
    token: dayFile(stamp.from, 'tst'),
    tokenHash: sha256(stamp.token),
    signedAt: formatSecond(stamp.timestamp.at),
    authority: stamp.timestamp.authority,
  };
  const evidence = new Map<string, string | Uint8Array>([
    ['evidence.txt', claimsText(claims, stamped)],
    ['item.json', itemText(item)],
    ['account.txt', accountText(items, sha256)],
    ...seals.map(
      ({ from, previous, accounts }) => [dayFile(from, 'txt'), rootText(previous, accounts)] as const,
    ),
  ]);
  if (stamp !== undefined) evidence.set(dayFile(stamp.from, 'tst'), stamp.token);
  return withExplanation(evidence);
}

/** What explains and checks the rest, and follows from it. The last has the hash of each other file. */
export const EXPLAINING: readonly string[] = ['check.sh', 'evidence.html', 'sums.txt'];

/** The same, with what explains and checks it, made anew if it is there. */
export function withExplanation(given: EvidenceFiles): EvidenceFiles {
  const evidence = new Map([...given].filter(([name]) => !EXPLAINING.includes(name)));
  const files = new Map([
    ...evidence,
    ['check.sh', readFileSync(new URL('./check.sh', import.meta.url), 'utf8')] as const,
    ['evidence.html', evidencePage(evidence)] as const,
  ]);
  const lines = [...files].sort(([a], [b]) => byCodeOrder(a, b));
  return files.set('sums.txt', lines.map(([name, file]) => `${sha256(file)}  ${name}\n`).join(''));
}

/**
 * The file of a day: `days/2026-03-31T0000Z.txt`, and beside it that of its token. Named by its first instant in UTC, since after a
 * change of time zone two days can have one date.
 */
function dayFile(from: Instant, kind: 'txt' | 'tst'): string {
  return `days/${formatSecond(from).replace(/:(\d\d):\d\dZ$/, '$1Z')}.${kind}`;
}
