import { spawn } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { DeployedFunction } from '../bundle/deployed.ts';
import { fetchNode24 } from './node-24.ts';
import { type Answer, startRuntimeApi } from './runtime-api.ts';
import { buildRuntimeClient } from './runtime-client.ts';

/** The name of the function in this stand-in. */
export const FUNCTION_NAME = 'collector';

/** The outcome of one event: the runtime's answer, or the end of its process before one. */
export type Outcome =
  | Answer
  /** Killed by us, or exited. */
  | { readonly kind: 'ended' }
  /** Killed by the platform, at the deadline. */
  | { readonly kind: 'timedOut' };

/** What a process wrote, from its start to its end. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
  /** The messages that the runtime client wrote to the telemetry descriptor, if it had one. */
  readonly telemetry: readonly string[];
  /** What was sent to the Runtime API. */
  readonly received: string;
}

/** A process in which AWS's runtime client runs the function, one event at a time. */
export interface ExecutionEnvironment {
  /** @param timeLimit in milliseconds, after which the process is killed; the function's own by default. */
  invoke(event: unknown, timeLimit?: number): Promise<Outcome>;
  /** Kills the process, whatever it is doing. May be called twice. */
  kill(): Promise<Output>;
}

/**
 * Starts the function as Lambda does, on Node 24 under AWS's runtime client, with this environment plus what Lambda
 * adds to it: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime
 *
 * @param withTelemetry whether the runtime client has a descriptor for console output; otherwise it goes to stdout.
 */
export async function startExecutionEnvironment(
  deployed: DeployedFunction,
  environment: Readonly<Record<string, string>>,
  withTelemetry: boolean,
): Promise<ExecutionEnvironment> {
  const client = await buildRuntimeClient();
  const api = await startRuntimeApi(`arn:aws:lambda:ap-southeast-1:123456789012:function:${FUNCTION_NAME}`);
  const taskRoot = dirname(deployed.file);
  const child = spawn(join(fetchNode24(), 'bin', 'node'), [client], {
    cwd: taskRoot,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    env: {
      ...environment,
      _HANDLER: `${basename(deployed.file).replace(/\.\w+$/, '')}.${deployed.handlerName}`,
      LAMBDA_TASK_ROOT: taskRoot,
      LAMBDA_RUNTIME_DIR: dirname(client),
      AWS_LAMBDA_RUNTIME_API: api.address,
      AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME,
      AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
      AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(deployed.memory),
      AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${FUNCTION_NAME}`,
      AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/22/[$LATEST]0123456789abcdef',
      AWS_LAMBDA_LOG_FORMAT: deployed.logFormat,
      AWS_LAMBDA_LOG_LEVEL: 'INFO',
      AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      TZ: ':UTC',
      LANG: 'en_US.UTF-8',
      ...(withTelemetry ? { _LAMBDA_TELEMETRY_LOG_FD: '3' } : {}),
    },
  });
  const [, stdout, stderr, descriptor] = child.stdio;
  if (!(stdout && stderr && descriptor && 'readable' in descriptor)) throw new Error('a pipe is missing');
  const written = Promise.all([buffer(stdout), buffer(stderr), buffer(descriptor)]);
  const ended = new Promise<Outcome>((resolve) => child.once('close', () => resolve({ kind: 'ended' })));

  return {
    async invoke(event, timeLimit = deployed.timeLimit) {
      let timedOut = false;
      const kill = () => {
        timedOut = true;
        child.kill('SIGKILL');
      };
      const timer = setTimeout(kill, timeLimit);
      const outcome = await Promise.race([api.invoke(event, Date.now() + timeLimit), ended]);
      clearTimeout(timer);
      return timedOut ? { kind: 'timedOut' } : outcome;
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
      await api.close();
      const [out, error, frames] = await written;
      const telemetry = messages(frames);
      return { stdout: `${out}`, stderr: `${error}`, telemetry, received: api.received.join('\n') };
    },
  };
}

/** A frame is a type and a length of 4 bytes each, a time of 8, then the message: the client's TelemetryLogger. */
function messages(frames: Buffer): string[] {
  if (frames.length === 0) return [];
  const end = 16 + frames.readUInt32BE(4);
  return [`${frames.subarray(16, end)}`, ...messages(frames.subarray(end))];
}
