import { execFile, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { isObject } from '../../lambda/core/parsed.ts';
import { type DeployedFunction, synthesize } from '../system/bundle/deployed.ts';
import { fetchNode24, RUNS_NODE_24 } from '../system/runtime/node-24.ts';
import type { NullServices } from './null-services.ts';
import { installPeers } from './peers/install.ts';

/** The configuration's default, in MB. */
const MEMORY = 256;
/**
 * The heap that Lambda's own bootstrap sets for so many MB (public.ecr.aws/lambda/nodejs, /var/runtime/bootstrap): a tenth for
 * new objects, in two halves, and the rest for old ones.
 */
export const heapOf = (memory: number): readonly string[] => [
  '--expose-gc',
  `--max-semi-space-size=${Math.floor(memory / 10 / 2)}`,
  `--max-old-space-size=${memory - Math.floor(memory / 10)}`,
];

/** A handler that can be measured. */
export interface Candidate {
  readonly name: 'ours' | 'tutorial' | 'ccxt' | 'powertools';
  readonly file: string;
  readonly export: string;
}

/** Ours, as synthesized, and its peers. */
export interface Candidates {
  readonly deployed: DeployedFunction;
  readonly all: Readonly<Record<Candidate['name'], Candidate>>;
}

/** What `drive.mjs` reports about a process. */
export interface Driven {
  readonly loaded: number;
  readonly first: number;
  readonly milliseconds: readonly number[];
  readonly cpu: readonly number[];
  readonly memory: readonly { readonly runs: number; readonly rss: number; readonly used: number }[];
  /** The peak memory of the process, in MB. */
  readonly most: number;
}

/** The running stand-ins. */
export interface Services {
  readonly url: string;
  /** The calls to them since this was last called. */
  counts(): Promise<Readonly<Record<string, number>>>;
  stop(): void;
}

export function findCandidates(): Candidates {
  const peers = installPeers();
  const deployed = synthesize();
  const peer = (name: Candidate['name']): Candidate => ({
    name,
    file: join(peers, `${name}.mjs`),
    export: 'handler',
  });
  return {
    deployed,
    all: {
      ours: { name: 'ours', file: deployed.file, export: deployed.handlerName },
      tutorial: peer('tutorial'),
      ccxt: peer('ccxt'),
      powertools: peer('powertools'),
    },
  };
}

/** The Node that runs in Lambda, if the registry has it for this machine; else this one. */
export const deployedNode = () => (RUNS_NODE_24 ? join(fetchNode24(), 'bin', 'node') : process.execPath);

export function startServices(like: NullServices): Promise<Services> {
  return startScript('null-services.ts', like);
}

/** Starts a script of this folder that prints its URL; `like` is its argument. */
export async function startScript(name: string, like: object): Promise<Services> {
  const script = fileURLToPath(new URL(name, import.meta.url));
  const child = spawn(process.execPath, ['--import', 'tsx', script, JSON.stringify(like)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  for await (const line of createInterface(child.stdout)) {
    const json: unknown = JSON.parse(line);
    const url = isObject(json) ? String(json['url']) : '';
    return {
      url,
      counts: async () => {
        const counts: unknown = await (await fetch(`${url}/counts`)).json();
        return Object.fromEntries(Object.entries(counts ?? {}).map(([name, count]) => [name, Number(count)]));
      },
      stop: () => void child.kill(),
    };
  }
  throw new Error('the stand-ins did not start');
}

/** Runs a handler in a new process on one core, with only the environment it needs. */
export async function drive(
  { name, file, export: exported }: Candidate,
  services: Services,
  runs: number,
  marks: readonly number[] = [],
): Promise<Driven> {
  const environment = {
    AWS_REGION: 'ap-southeast-1',
    AWS_ACCESS_KEY_ID: 'fake',
    AWS_SECRET_ACCESS_KEY: 'fake',
    AWS_LAMBDA_FUNCTION_NAME: 'bench',
    AWS_ENDPOINT_URL_DYNAMODB: services.url,
    AWS_ENDPOINT_URL_SECRETS_MANAGER: services.url,
    UPBIT_API_URL: `${services.url}/{region}`,
    TABLE_NAME: 'ledger',
    API_KEYS_SECRET_ID: 'api-keys',
    REGIONS: 'sg',
    EVERY: '1m',
    TIME_ZONE: 'UTC',
    ...(name === 'ours' ? {} : { DRIVE_NUMBERED: 'true' }),
  };
  const [command, ...before] = onOneCore();
  const args = [
    ...before,
    deployedNode(),
    ...heapOf(MEMORY),
    join(import.meta.dirname, 'drive.mjs'),
    file,
    exported,
    String(runs),
    ...marks.map(String),
  ];
  const stdout = await new Promise<string>((resolve, reject) => {
    execFile(command, args, { env: environment, maxBuffer: 1 << 28 }, (error, out, stderr) => {
      if (error === null) resolve(out);
      else reject(new Error(`${name} failed: ${stderr}`, { cause: error }));
    });
  });
  const driven: Driven = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  return driven;
}

/** Linux can pin a process to one core; elsewhere the figures per core are less precise. */
function onOneCore(): [string, ...string[]] {
  return process.platform === 'linux' ? ['taskset', '--cpu-list', '0'] : ['env'];
}
