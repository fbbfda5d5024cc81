import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ROOT } from '../support/checkout.ts';
import { type Figure, median, round, spread } from './figure.ts';

/** How long a command takes to start, and how long `cdk synth` takes. */
export function measureCommands(): Figure[] {
  const times = (rounds: number, command: string, ...args: string[]) =>
    Array.from({ length: rounds }, () => {
      const begun = performance.now();
      execFileSync(command, args, { cwd: ROOT, stdio: 'ignore' });
      return performance.now() - begun;
    });
  const throughNpm = times(9, 'npm', 'run', '--silent', 'balances', '--', '--help');
  const bare = times(9, process.execPath, '-e', '0');
  const out = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  const synth = times(3, 'npx', 'cdk', 'synth', '--quiet', '--output', out);
  rmSync(out, { recursive: true });
  return [
    {
      id: 'command.start',
      what: 'a command’s start, through npm',
      value: round(median(throughNpm) / 1_000),
      unit: 's',
      kind: 'shown',
      goal: { most: 0.7 },
      note: `${spread(throughNpm, 'ms')}; Node alone ${round(median(bare))} ms`,
    },
    {
      id: 'synth',
      what: '`cdk synth`, bundle included',
      value: round(median(synth) / 1_000),
      unit: 's',
      kind: 'shown',
      note: spread(synth, 'ms'),
    },
  ];
}
