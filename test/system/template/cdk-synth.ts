import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { ROOT } from '../../support/checkout.ts';

interface Ended {
  readonly code: number | null;
  readonly stderr: string;
}

/** `cdk synth` as typed, except for its output folder; nothing of AWS is in its environment. */
export function cdkSynth(output: string, ...options: string[]): Promise<Ended> {
  return cdkSynthIn(undefined, output, ...options);
}

/** The same, with an AWS region in its environment, if not undefined. */
export function cdkSynthIn(
  awsRegion: string | undefined,
  output: string,
  ...options: string[]
): Promise<Ended> {
  const command = ['node_modules/aws-cdk/bin/cdk', 'synth', '--quiet', '--output', output, ...options];
  const child = spawn(process.execPath, command, {
    cwd: ROOT,
    env: {
      PATH: process.env['PATH'],
      HOME: tmpdir(),
      UPBIT_SECRET_KEY: 'fake-secret-sg-main',
      ...(awsRegion === undefined ? {} : { AWS_REGION: awsRegion }),
    },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject).on('close', (code) => resolve({ code, stderr }));
  });
}
