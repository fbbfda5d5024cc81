import { Option } from 'commander';
import type { DemoTrouble } from '../../infra/local/demo-check.ts';
import { type DoctorTarget, examine } from '../doctor/examine.ts';
import type { Finding, State } from '../doctor/finding.ts';
import {
  ledgerOf,
  type TargetOptions,
  withFormatOption,
  withTargetOptions,
  wrongUsage,
} from '../ledger/options.ts';
import type { Io } from '../ledger/session.ts';
import { SIMULATED } from '../print/balance-table.ts';
import { type Format, printRows } from '../print/format.ts';
import { printable } from '../print/printable.ts';
import { wrapped } from '../print/wrapped.ts';
import type { AddCommand } from './add-command.ts';

/** The options of `doctor`. */
interface DoctorOptions extends TargetOptions {
  readonly format: Format;
  readonly keys?: string;
  readonly simulate?: DemoTrouble;
}

const TROUBLES: readonly DemoTrouble[] = [
  'wrong-region',
  'unknown-key',
  'secret-key',
  'algorithm',
  'expired',
  'expiring',
  'scope',
  'address',
  'consent',
  'blocked',
  'maintenance',
  'no-key',
];

const FOUND_SOMETHING = 3;
const COULD_NOT_LOOK = 1;

const COLUMNS = ['looked_at', 'state', 'finding', 'remedy'];
/** As wide as the longest state. */
const INDENT = ' '.repeat('unknown'.length + 2);

export const addDoctor: AddCommand = (program, { io, finish }) => {
  const command = program
    .command('doctor')
    .description(
      'check the whole deployment, sign in with every key, and say what to do; exit code 3 if something is wrong',
    );
  withFormatOption(withTargetOptions(command))
    .option('--keys <file>', 'with --real: the keys to sign in with, as for npm start')
    .addOption(
      new Option('--simulate <trouble>', 'with --local: what should be wrong with sg/main').choices(TROUBLES),
    )
    .addHelpText('after', '\nExample: balances doctor --local --simulate wrong-region')
    .action((options: DoctorOptions) => finish(printFindings(options, io)));
};

/**
 * `balances doctor`: each part that was checked, its state, and what to do. Exit code 3 if anything is wrong, else 1 if
 * something could not be checked, because it may be wrong too.
 */
async function printFindings(options: DoctorOptions, io: Io): Promise<number> {
  const target = targetOf({ ...options, ...ledgerOf(options, io.environment) });
  const simulated = target.kind === 'demo';
  const findings = await examine(target, io.environment, io.root, io.now());
  const rows = findings.map(({ lookedAt, state, found, remedy = null }) => ({
    looked_at: lookedAt,
    state,
    finding: found,
    remedy,
  }));
  const caption = simulated ? [`${SIMULATED}\n`] : [];
  await printRows(
    options.format,
    {
      columns: COLUMNS,
      rows: () => rows,
      table: (width) => [...caption, ...findings.map((finding) => wrapped(inLines(finding), width, INDENT))],
    },
    io,
  );
  if (simulated) io.stderr.write('SIMULATED data: a made-up Upbit on this machine\n');
  const count = (state: State) => findings.filter((finding) => finding.state === state).length;
  if (count('wrong') > 0) return FOUND_SOMETHING;
  if (count('unknown') === 0) return 0;
  io.stderr.write(`error: ${count('unknown')} of ${findings.length} parts could not be checked\n`);
  return COULD_NOT_LOOK;
}

function targetOf({ local = false, real = false, table, keys, simulate }: DoctorOptions): DoctorTarget {
  if (simulate !== undefined && !local)
    throw wrongUsage('--simulate needs --local: nothing else is simulated');
  if (keys !== undefined && !real)
    throw wrongUsage('--keys needs --real: otherwise the keys come from the secret');
  if (local) return { kind: 'demo', trouble: simulate };
  if (!real) return { kind: 'deployed', table };
  if (keys === undefined)
    throw wrongUsage('--real needs the keys to sign in with: --keys FILE, as for npm start');
  return { kind: 'real', keyFile: keys };
}

/** One line for what was found, and one for what to do. */
function inLines({ lookedAt, state, found, remedy }: Finding): string {
  const line = `${state.padEnd(INDENT.length)}${printable(`${lookedAt}: ${found}`)}\n`;
  return remedy === undefined ? line : `${line}${INDENT}${printable(`to do: ${remedy}`)}\n`;
}
