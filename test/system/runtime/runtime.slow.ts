import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSecond } from '../../../lambda/core/instant.ts';
import { named } from '../../support/local-parts.ts';
import { type DeployedFunction, invoke, synthesize } from '../bundle/deployed.ts';
import { type StandIns, startStandIns } from '../bundle/stand-ins.ts';
import { fetchNode24, RUNS_NODE_24 } from './node-24.ts';

const ACCOUNTS = ['sg/main', 'id/main', 'th/main'].map(named);

describe.runIf(RUNS_NODE_24)('the synthesized bundle on Node 24, as deployed', () => {
  let deployed: DeployedFunction;
  let standIns: StandIns;
  beforeAll(async () => {
    deployed = synthesize();
    standIns = await startStandIns(ACCOUNTS);
  });
  afterAll(async () => {
    deployed.remove();
    await standIns.close();
  });

  /** Takes one snapshot of each account, in a new process with these Node options. */
  async function run(nodeOptions = '') {
    const node = join(fetchNode24(), 'bin', 'node');
    const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...environment } =
      standIns.environment(deployed);
    const events = [[{ manual: formatSecond(Date.now()) }]];
    const { outcomes, stderr } = await invoke(
      deployed,
      { ...environment, NODE_OPTIONS: nodeOptions },
      events,
      node,
    );
    expect(outcomes).toMatchObject([{ report: { accounts: ACCOUNTS.map(() => ({})) } }]);
    return { outcomes: outcomes[0]?.report?.accounts.map(({ outcome }) => outcome), stderr };
  }

  it('stores a snapshot for each of three keys, and writes nothing to stderr', async () => {
    expect(await run()).toEqual({ outcomes: ['ok', 'ok', 'ok'], stderr: '' });
  });

  it('does not load the platform’s fetch, a second HTTP client', async () => {
    const loaded = 'process.moduleLoadList.filter((name) => name.includes("undici")).join()';
    const tell = encodeURIComponent(`process.on("exit", () => process.stderr.write(${loaded}));`);
    expect((await run(`--import=data:text/javascript,${tell}`)).stderr).toBe('');
  });
});
