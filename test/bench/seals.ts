import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type DeployedFunction, synthesize } from '../system/bundle/deployed.ts';
import { takeShare } from '../system/platform/cgroup.ts';
import { type Figure, round } from './figure.ts';
import { deployedNode, heapOf, startScript } from './handler-process.ts';

const SHAPES = [
  { accounts: 3, every: '1h', minutes: 60 },
  { accounts: 36, every: '1h', minutes: 60 },
  { accounts: 400, every: '1h', minutes: 60 },
  { accounts: 3, every: '1m', minutes: 1 },
  { accounts: 36, every: '1m', minutes: 1 },
  { accounts: 400, every: '1m', minutes: 1 },
] as const;

/** What sealing a day takes on the processor share of the sealer's memory, with DynamoDB on this machine. */
export async function measureSeals(): Promise<Figure[]> {
  const deployed = synthesize({}, 'Sealer');
  try {
    const figures: Figure[] = [];
    for (const { accounts, every, minutes } of SHAPES) {
      const services = await startScript('null-ledger.ts', { accounts, minutes });
      const { seconds, memory, requests, units } = await measured(deployed, services);
      const what = `sealing a day of ${accounts} accounts every ${every}, at ${deployed.memory} MB`;
      figures.push(
        {
          id: `seal.${accounts}.${every}`,
          what,
          value: round(seconds),
          unit: 's',
          kind: 'shown',
          note: `a cold start; ${Math.round(memory)} MB used`,
        },
        {
          id: `seal.${accounts}.${every}.units`,
          what: `${what}: reads`,
          value: units,
          unit: 'read units',
          kind: 'exact',
          note: `${requests} requests`,
        },
      );
    }
    return figures;
  } finally {
    deployed.remove();
  }
}

/** One seal, and what it read. The services end whatever happens: a process of theirs would keep this one from ending. */
async function measured(deployed: DeployedFunction, services: Awaited<ReturnType<typeof startScript>>) {
  try {
    const { seconds, memory } = await sealOnce(deployed, services.url);
    const { requests, units = Number.NaN } = await services.counts();
    return { seconds, memory, requests, units };
  } finally {
    services.stop();
  }
}

/** The seconds of a process from its start to its answer, and its most memory in MB. */
async function sealOnce({ file, handlerName, memory }: DeployedFunction, url: string) {
  const share = takeShare(memory, `seal-${process.pid}`);
  // The shell waits until it is in the group: the start counts too.
  const args = [...heapOf(memory), join(import.meta.dirname, 'drive.mjs'), file, handlerName, '1'];
  const child = spawn('sh', ['-c', 'read -r _; exec "$0" "$@"', deployedNode(), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
    env: {
      AWS_REGION: 'ap-southeast-1',
      AWS_ACCESS_KEY_ID: 'fake',
      AWS_SECRET_ACCESS_KEY: 'fake',
      AWS_ENDPOINT_URL_DYNAMODB: url,
      TABLE_NAME: 'ledger',
      TIME_ZONE: 'UTC',
      DRIVE_SEAL: 'true',
    },
  });
  if (child.pid === undefined) throw new Error('the sealer did not start');
  share.add(child.pid);
  const closed = once(child, 'close');
  child.stdin.end('go\n');
  const stdout = await text(child.stdout);
  // A group can only be removed once its process is gone, which is a moment after it has closed its output.
  await closed;
  share.remove();
  const { first, most } = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
  return { seconds: Number(first) / 1_000, memory: Number(most) };
}
