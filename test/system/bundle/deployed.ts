import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SECOND } from '../../../lambda/core/instant.ts';
import { isObject } from '../../../lambda/core/parsed.ts';
import { ROOT } from '../../support/checkout.ts';

/** A function of the stack, by its construct. */
type FunctionName = 'Collector' | 'Sealer';

/** The function as it would be deployed: its code, and its environment with unresolved references. */
export interface DeployedFunction {
  /** The bundle's file. */
  readonly file: string;
  readonly handlerName: string;
  readonly environment: Readonly<Record<string, unknown>>;
  /** In MB. */
  readonly memory: number;
  /** In milliseconds. */
  readonly timeLimit: number;
  /** `JSON` or `Text`. */
  readonly logFormat: string;
  remove(): void;
}

/**
 * Synthesizes the stack into a folder of its own, bundle included, and finds a function in the template.
 *
 * @param context keys of the CDK context; without them every setting has its default, but only the sealer's own tests bundle the
 * sealer too.
 */
export function synthesize(
  context: Readonly<Record<string, string>> = {},
  name: FunctionName = 'Collector',
): DeployedFunction {
  const out = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  execFileSync(process.execPath, ['--import', 'tsx', 'infra/app.ts'], {
    cwd: ROOT,
    env: {
      ...process.env,
      CDK_OUTDIR: out,
      CDK_CONTEXT_JSON: JSON.stringify({ seals: String(name === 'Sealer'), ...context }),
    },
    stdio: 'pipe',
  });
  const template = json(join(out, readdirSync(out).find((name) => name.endsWith('.template.json')) ?? ''));
  const functions = Object.entries(record(template['Resources']))
    .filter(([id]) => id.startsWith(name))
    .map(([, resource]) => record(resource))
    .filter((resource) => resource['Type'] === 'AWS::Lambda::Function');
  const [found] = functions;
  if (found === undefined || functions.length > 1)
    throw new Error(`the template has ${functions.length} functions in ${name}`);
  const properties = record(found['Properties']);
  const [module = '', handlerName = ''] = String(properties['Handler']).split('.');
  const asset = join(out, `asset.${String(record(properties['Code'])['S3Key']).replace(/\.zip$/, '')}`);
  const file = readdirSync(asset).find((name) => new RegExp(`^${module}\\.[cm]?js$`).test(name));
  if (file === undefined) throw new Error(`the asset has no ${module}`);
  return {
    file: join(asset, file),
    handlerName,
    environment: record(record(properties['Environment'])['Variables']),
    memory: Number(properties['MemorySize']),
    timeLimit: Number(properties['Timeout']) * SECOND,
    logFormat: String(record(properties['LoggingConfig'])['LogFormat']),
    remove: () => rmSync(out, { recursive: true }),
  };
}

function json(file: string): Readonly<Record<string, unknown>> {
  return record(JSON.parse(readFileSync(file, 'utf8')));
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new Error('the template is not what it was');
  return value;
}

/** What the collector returns, as far as tests look at it. */
interface CollectorReport {
  readonly accounts: readonly { account: string; outcome: string; attempts: number }[];
}

/** What a separate process printed, and the outcome of its events. */
export interface Invocation<Report = CollectorReport> {
  readonly outcomes: readonly {
    readonly report?: Report;
    readonly error?: { readonly code: string; readonly message: string };
  }[];
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the bundle on the events in a new process, with this Node or another, and only this environment. */
export async function invoke<Report = CollectorReport>(
  deployed: DeployedFunction,
  environment: Readonly<Record<string, string>>,
  events: readonly (readonly unknown[])[],
  node = process.execPath,
): Promise<Invocation<Report>> {
  const args = invocation(deployed, events);
  return await new Promise((resolve, reject) => {
    execFile(node, args, { env: environment, maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error !== null) reject(new Error(`the process failed: ${stderr}`, { cause: error }));
      else resolve({ outcomes: JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? ''), stdout, stderr });
    });
  });
}

/** The arguments with which Node runs the bundle on the events, as in {@link invoke}. */
export function invocation(deployed: DeployedFunction, events: readonly (readonly unknown[])[]): string[] {
  const script = join(import.meta.dirname, 'invoke.mjs');
  return [script, deployed.file, deployed.handlerName, JSON.stringify(events)];
}
