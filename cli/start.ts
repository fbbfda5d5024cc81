import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { AccountName } from '../lambda/core/account.ts';
import { beginning, stackTimeZone } from '../lambda/core/catalog.ts';
import { knownAccounts } from '../lambda/core/completeness.ts';
import { CodedError } from '../lambda/core/error.ts';
import { remedyOf } from '../lambda/core/failures.ts';
import { SECOND } from '../lambda/core/instant.ts';
import { isFailure, isUnreadable, type Snapshot } from '../lambda/core/snapshot.ts';
import { PriceBook } from '../lambda/history/price-book.ts';
import type { LedgerReader } from '../lambda/history/reader.ts';
import type { StoredLedger } from '../lambda/history/stored-ledger.ts';
import { worthOf } from '../lambda/history/worth.ts';
import { WorthSums } from '../lambda/history/worth-sums.ts';
import { readKeyFile } from './ledger/key-file.ts';
import { takeRealSnapshot } from './ledger/local-collector.ts';
import { LOCAL_FOLDER, LOCAL_TABLE, type LocalLedger, localDirectory } from './ledger/local-ledger.ts';
import { proxySentence } from './ledger/network.ts';
import { unitFor } from './ledger/unit.ts';
import { balanceTable } from './print/balance-table.ts';
import { widthOf } from './print/format.ts';
import { printable } from './print/printable.ts';
import { progressBar } from './print/progress.ts';
import { accountSums } from './print/worth-table.ts';
import { openStandardStreams } from './standard-streams.ts';

// Suppresses the SDK's seven-line warning on Node 20. The SDK reads this when a client is created.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

// A snapshot of real accounts is worth storing even if nobody reads on, as in `npm start | head`.
const { stdout, stderr, columns, end } = openStandardStreams('go on');

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const USAGE = `npm start                        fill and show a ledger of SIMULATED data, in .local/demo
npm start -- --keys FILE         take one snapshot of your real accounts, in .local/real
`;

/** A local ledger, in both ways in which it is read. */
interface Filled {
  readonly reader: LedgerReader;
  readonly stored: StoredLedger;
}

/** Prints each account's newest entry and what they are worth together, and returns how many are failures. */
async function show(
  reader: LedgerReader,
  accounts: readonly AccountName[],
  simulated: boolean,
): Promise<number> {
  const catalog = await reader.catalog();
  const style = { simulated, width: widthOf({ columns }), timeZone: stackTimeZone(catalog) };
  const snapshots: Snapshot[] = [];
  let failed = 0;
  for (const account of accounts) {
    // A manual snapshot taken exactly on the grid is stored one second later.
    const entry = await reader.newest(account, Date.now() + SECOND);
    if (entry === undefined) continue;
    if (isUnreadable(entry)) {
      failed += 1;
      await stdout.write(
        `${printable(`${account}: its item ${entry.key} cannot be read, ${entry.problem}`)}\n\n`,
      );
      continue;
    }
    if (isFailure(entry)) {
      failed += 1;
      const remedy = remedyOf(entry.failure);
      await stdout.write(
        `${printable(`${account}: ${entry.failure}, ${entry.detail}${remedy === undefined ? '' : `. ${remedy}`}`)}\n\n`,
      );
    } else {
      await stdout.write(`${balanceTable(entry, undefined, style)}\n`);
      snapshots.push(entry);
    }
  }
  const unit = unitFor({}, accounts, { catalog });
  const sums = new WorthSums();
  for await (const worth of worthOf(
    snapshots.map((snapshot) => ({ snapshot })),
    new PriceBook(reader),
    unit,
  ))
    sums.add(0, worth);
  for (const sum of sums.points()) await stdout.write(`${accountSums(sum, { ...style, unit })}\n`);
  return failed;
}

/** Writes the report of the whole ledger, and prints its path. */
async function report({ reader, stored }: Filled, ledger: LocalLedger): Promise<void> {
  const { makeReport, MAX_PAST } = await import('./report/make-report.ts');
  const catalog = await reader.catalog();
  const now = Date.now();
  const accounts = knownAccounts(catalog);
  const out = join(localDirectory(ROOT, ledger), 'report.html');
  await makeReport({
    reader,
    stored,
    catalog,
    accounts,
    range: { from: Math.max(Math.min(now, beginning(catalog)), now - MAX_PAST), to: now },
    currencies: undefined,
    unit: unitFor({}, accounts, { catalog }),
    label: `the ${ledger} ledger`,
    simulated: ledger === 'demo',
    readAt: now,
    timeZone: stackTimeZone(catalog),
    ledgerWords: [ledger === 'demo' ? '--local' : '--real'],
    out,
  });
  await stdout.write(`Report: ${relative(process.cwd(), out)}    (open it in a browser)\n`);
}

/** Why a day could not be sealed; undefined if each was. The next start tries again. */
async function problemOf(sealing: Promise<void>): Promise<string | undefined> {
  try {
    await sealing;
    return undefined;
  } catch (error) {
    if (error instanceof CodedError) return error.message;
    throw error;
  }
}

/** Nobody else on this machine can look into the local ledgers; a folder of an earlier version is closed too. */
async function closeToOthers(): Promise<void> {
  const [{ makePrivateFolder }, { unusableFolder }] = await Promise.all([
    import('../infra/local/private-folder.ts'),
    import('../infra/local/unusable-folder.ts'),
  ]);
  const folder = join(ROOT, LOCAL_FOLDER);
  try {
    makePrivateFolder(folder);
  } catch (error) {
    throw unusableFolder(folder, error);
  }
}

async function demo(): Promise<number> {
  await closeToOthers();
  const { startDemo } = await import('../infra/local/demo.ts');
  const running = await startDemo({
    directory: localDirectory(ROOT, 'demo'),
    tableName: LOCAL_TABLE,
    now: Date.now(),
    onProgress: progressBar('Filling the ledger, hour by hour', stderr),
  });
  try {
    const accounts = await running.snapshot();
    await stdout.write(
      'SIMULATED: a made-up Upbit on this machine. No AWS, no keys, and nothing leaves it.\n',
    );
    await stdout.write(
      `Filled ${running.filled} hourly slots of ${accounts.length} accounts, then took one snapshot now:\n\n`,
    );
    await show(running.reader, accounts, true);
    await stdout.write(
      'Next: npx balances worth --local    (or latest, gaps, at, history; --help for more)\n',
    );
    await report(running, 'demo');
    return 0;
  } finally {
    await running.close();
  }
}

async function real(file: string): Promise<number> {
  const keys = readKeyFile(file);
  const proxy = proxySentence(process.env);
  if (proxy !== undefined) stderr.write(`${proxy}\n`);
  stderr.write('Asking Upbit. Accounts that get no answer are retried for up to three minutes.\n');
  await closeToOthers();
  const taken = await takeRealSnapshot(keys, localDirectory(ROOT, 'real'), process.env);
  try {
    for (const remark of taken.remarks) stderr.write(`${printable(remark)}\n`);
    const failed = await show(taken.reader, taken.accounts, false);
    // After the snapshot is shown, which an error here must not hide; before the report, which says what is sealed.
    const unsealed = await problemOf(taken.seal());
    await stdout.write('Next: npx balances worth --real    (or latest, history; --help for more)\n');
    await report(taken, 'real');
    if (unsealed !== undefined)
      stderr.write(`error: some past days could not be sealed: ${printable(unsealed)}\n`);
    if (failed > 0) stderr.write(`error: ${failed} of ${taken.accounts.length} accounts have no snapshot\n`);
    return failed === 0 && unsealed === undefined ? 0 : 1;
  } finally {
    await taken.close();
  }
}

async function main(args: readonly string[]): Promise<number> {
  let keys: string | undefined;
  let help: boolean | undefined;
  try {
    const options = { keys: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const;
    ({ keys, help } = parseArgs({ args: [...args], options }).values);
  } catch (error) {
    stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
    return 2;
  }
  if (help === true) {
    await stdout.write(USAGE);
    return 0;
  }
  try {
    return keys === undefined ? await demo() : await real(keys);
  } catch (error) {
    stderr.write(`error: ${printable(error instanceof Error ? error.message : String(error))}\n`);
    return 1;
  }
}

await end(await main(process.argv.slice(2)));
