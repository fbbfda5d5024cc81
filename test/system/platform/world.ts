import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import { formatSecond, SECOND } from '../../../lambda/core/instant.ts';
import { isObject } from '../../../lambda/core/parsed.ts';
import { CADENCES } from '../../../lambda/core/slots.ts';
import { makeCertificates } from './certificates.ts';
import { takeShare } from './cgroup.ts';
import { startNameServer } from './name-server.ts';
import type { Run, RunResult, Scenario } from './scenario.ts';
import { AWS_REGION, addressOf, HOSTS, namesOf, startStandIns } from './stand-ins.ts';

// The world of one scenario: node --import tsx world.ts SCENARIO FUNCTION, both JSON, as root, in a network and a mount
// namespace of its own. The function is called by the names it has in AWS, resolves them, and speaks TLS with them, port
// 443. Prints the results of the runs as one line of JSON.

interface FunctionUnderTest {
  readonly file: string;
  readonly handlerName: string;
  readonly environment: Readonly<Record<string, string>>;
  /** The Node that runs it. */
  readonly node: string;
}

const scenario: Scenario = JSON.parse(process.argv[2] ?? '');
const fn: FunctionUnderTest = JSON.parse(process.argv[3] ?? '');
const folder = mkdtempSync(join(tmpdir(), 'platform-'));
/** A new process needs it to look at its input after it was stopped, in milliseconds. */
const FREEZE = SECOND;

writeFileSync(join(folder, 'resolv.conf'), 'nameserver 127.0.0.1\n');
writeFileSync(join(folder, 'hosts'), '127.0.0.1 localhost\n');
execFileSync('ip', ['link', 'set', 'lo', 'up']);
for (const file of ['resolv.conf', 'hosts'])
  execFileSync('mount', ['--bind', join(folder, file), `/etc/${file}`]);

const certificates = makeCertificates(folder, [...HOSTS.keys()]);
await startNameServer(addressOf, (name) => scenario.fronts?.[HOSTS.get(name) ?? ''] === 'name hangs');
const standIns = await startStandIns(scenario, certificates);
const share = takeShare(scenario.memory, `platform-${process.pid}`);

/** A process of the function, and how to send it an event. */
class FunctionProcess {
  readonly #child = spawn(
    fn.node,
    [
      // What Lambda's own bootstrap makes of the memory: a tenth for new objects, in two halves, and the rest for old ones.
      `--max-semi-space-size=${Math.floor(scenario.memory / 10 / 2)}`,
      `--max-old-space-size=${scenario.memory - Math.floor(scenario.memory / 10)}`,
      join(import.meta.dirname, 'driver.mjs'),
      fn.file,
      fn.handlerName,
    ],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: {
        ...fn.environment,
        AWS_REGION,
        AWS_ACCESS_KEY_ID: 'fake',
        AWS_SECRET_ACCESS_KEY: 'fake',
        AWS_LAMBDA_FUNCTION_NAME: 'platform',
        TABLE_NAME: 'ledger',
        API_KEYS_SECRET_ID: 'api-keys',
        REGIONS: Object.keys(scenario.accounts).join(','),
        EVERY: every,
        TIME_ZONE: 'UTC',
        NODE_EXTRA_CA_CERTS: certificates.authorityFile,
      },
    },
  );
  readonly #lines = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();

  constructor() {
    share.add(this.#child.pid ?? 0);
  }

  async started(): Promise<void> {
    await this.#answer(() => undefined);
  }

  /** Sends an event, and gives the answer, and what was logged meanwhile. */
  async send(message: object): Promise<{ answer: Readonly<Record<string, unknown>>; log: object[] }> {
    const log: object[] = [];
    this.#child.stdin.write(`${JSON.stringify(message)}\n`);
    return { answer: await this.#answer((line) => log.push(line)), log };
  }

  async #answer(onLog: (line: object) => void): Promise<Readonly<Record<string, unknown>>> {
    for (let line = await this.#lines.next(); line.done !== true; line = await this.#lines.next()) {
      const json: unknown = JSON.parse(line.value.replace(/^@/, ''));
      if (!isObject(json)) continue;
      if (line.value.startsWith('@')) return json;
      onLog(json);
    }
    throw new Error('the process of the function ended');
  }

  /** Lambda stops a process between two events, and knows nothing of its connections. */
  async freeze(meanwhile: () => void): Promise<void> {
    this.#child.kill('SIGSTOP');
    await setTimeout(FREEZE / 2);
    meanwhile();
    await setTimeout(FREEZE / 2);
    this.#child.kill('SIGCONT');
  }

  async end(): Promise<void> {
    const closed = once(this.#child, 'close');
    this.#child.kill('SIGKILL');
    await closed;
  }
}

let current: FunctionProcess | undefined;
const every = scenario.every ?? '1m';
let slot = Math.ceil(Date.now() / CADENCES[every]) * CADENCES[every];

async function perform({ cold = false, emptyTable = false, thaw, clockOff = 0 }: Run): Promise<RunResult> {
  if (cold || current === undefined) {
    await current?.end();
    current = new FunctionProcess();
    await current.started();
  }
  if (emptyTable) standIns.forget();
  if (thaw !== undefined) await current.freeze(() => standIns.cut(thaw));
  slot += CADENCES[every];
  standIns.counted();
  const event = { slot: formatSecond(slot) };
  const { answer, log } = await current.send({ event, now: slot + SECOND + clockOff });
  const { milliseconds, cpuMilliseconds, memory, error } = answer;
  const lines = log.filter((line) => isObject(line) && line['message'] === 'account').map(toLine);
  const count = (some: readonly Line[]) => {
    const sums: Record<string, number> = {};
    for (const { outcome } of some) sums[outcome] = (sums[outcome] ?? 0) + 1;
    return sums;
  };
  const items = Object.entries(scenario.accounts)
    .flatMap(([region, accounts]) => namesOf(accounts).map((name) => `${region}/${name}`))
    .map((account) => standIns.table.item(account, formatSecond(slot)))
    .filter((item) => item !== undefined);
  return {
    milliseconds: Number(milliseconds),
    cpuMilliseconds: Number(cpuMilliseconds),
    memory: Number(memory),
    outcomes: count(lines),
    byRegion: Object.fromEntries(
      Object.keys(scenario.accounts).map((region) => [
        region,
        count(lines.filter(({ account }) => account.startsWith(`${region}/`))),
      ]),
    ),
    attempts: Math.max(0, ...lines.map(({ attempts }) => attempts)),
    ...(error === undefined ? {} : { error: String(error) }),
    recorded: items.length,
    snapshots: items.filter((item) => item['balance'] !== undefined).length,
    priced: Object.keys(scenario.accounts).filter(
      (region) => standIns.table.item(`#price/${region}`, formatSecond(slot)) !== undefined,
    ),
    ...standIns.counted(),
  };
}

interface Line {
  readonly account: string;
  readonly outcome: string;
  readonly attempts: number;
}

function toLine(line: object): Line {
  const { account, outcome, attempts } = isObject(line) ? line : {};
  return { account: String(account), outcome: String(outcome), attempts: Number(attempts) };
}

const results: RunResult[] = [];
try {
  for (const run of scenario.runs) results.push(await perform(run));
} finally {
  await current?.end();
  share.remove();
  rmSync(folder, { recursive: true });
}
process.stdout.write(`${JSON.stringify(results)}\n`);
process.exit();
