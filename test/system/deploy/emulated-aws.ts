import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, mkdirSync, openSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { listen, stop } from '../../../infra/local/http-server.ts';
import { SECOND } from '../../../lambda/core/instant.ts';
import { fetchNode24 } from '../runtime/node-24.ts';

/** A running emulated AWS. */
export interface EmulatedAws {
  /** The URL of every service. */
  readonly endpoint: string;
  /** What it wrote so far. */
  log(): string;
  /** Kills it and the functions it runs. */
  close(): Promise<void>;
}

export interface EmulatedAwsOptions {
  /** The commands of Python: see `installPythonTools`. */
  readonly python: string;
  /** For its files, and those of the functions it runs. */
  readonly folder: string;
  readonly awsAccount: string;
  /** What its functions have in their environment besides what the template says. */
  readonly variables: Readonly<Record<string, string>>;
}

const START_LIMIT = 60 * SECOND;

/** Starts ministack on a free port of this machine, which nothing else can reach. Everything is in memory. */
export async function startEmulatedAws(options: EmulatedAwsOptions): Promise<EmulatedAws> {
  const { python, folder, awsAccount, variables } = options;
  const endpoint = await freeEndpoint();
  mkdirSync(folder, { recursive: true });
  const logFile = join(folder, 'emulator.log');
  const output = openSync(logFile, 'w');
  const emulator = spawn(join(python, 'python'), [join(import.meta.dirname, 'emulator.py')], {
    // A process group of its own, with the functions it starts.
    detached: true,
    stdio: ['pipe', output, output],
    env: {
      ...variables,
      // No other Node is on this path, so its functions run on the deployed runtime's version.
      PATH: [join(fetchNode24(), 'bin'), python].join(delimiter),
      HOME: folder,
      TMPDIR: folder,
      STATE_DIR: folder,
      GATEWAY_PORT: new URL(endpoint).port,
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      MINISTACK_ACCOUNT_ID: awsAccount,
      LAMBDA_EXECUTOR: 'local',
      IOT_MTLS_ENABLED: '0',
    },
  });
  closeSync(output);
  const aws: EmulatedAws = {
    endpoint,
    log: () => readFileSync(logFile, 'utf8'),
    close: () => end(emulator),
  };
  const until = Date.now() + START_LIMIT;
  while (!(await answers(endpoint))) {
    if (emulator.exitCode !== null || Date.now() > until) {
      await aws.close();
      throw new Error(`the emulated AWS did not start:\n${aws.log()}`);
    }
    await setTimeout(SECOND / 5);
  }
  return aws;
}

async function end(emulator: ChildProcess): Promise<void> {
  if (emulator.exitCode !== null || emulator.signalCode !== null) return;
  const exited = once(emulator, 'exit');
  // It kills its process group when this closes.
  emulator.stdin?.end();
  await exited;
}

/** An address of this machine that nothing listens on. */
async function freeEndpoint(): Promise<string> {
  const server = createServer();
  const endpoint = await listen(server);
  await stop(server);
  return endpoint;
}

async function answers(endpoint: string): Promise<boolean> {
  try {
    return (await fetch(`${endpoint}/_ministack/health`)).ok;
  } catch {
    return false;
  }
}
