import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatSecond } from '../../lambda/core/instant.ts';
import { type DeployedFunction, invoke, synthesize } from '../bundle/deployed.ts';
import { type StandIns, startStandIns } from '../bundle/stand-ins.ts';
import { named } from '../local-parts.ts';
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

  it('stores a snapshot for each of three keys, without a word on stderr', async () => {
    const node = join(fetchNode24(), 'bin', 'node');
    const { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: _, ...environment } =
      standIns.environment(deployed);
    const { outcomes, stderr } = await invoke(
      deployed,
      environment,
      [[{ manual: formatSecond(Date.now()) }]],
      node,
    );
    expect(outcomes).toMatchObject([
      { report: { accounts: [{ outcome: 'ok' }, { outcome: 'ok' }, { outcome: 'ok' }] } },
    ]);
    expect(stderr).toBe('');
  });
});
