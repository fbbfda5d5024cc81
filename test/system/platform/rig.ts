import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { type DeployedFunction, synthesize } from '../bundle/deployed.ts';
import { fetchNode24 } from '../runtime/node-24.ts';
import type { RunResult, Scenario } from './scenario.ts';

/** The bundle under test, and how to put it through scenarios. */
export interface Rig {
  /**
   * Puts the bundle through a scenario, in a process and a network of its own.
   *
   * @throws Error where this machine gives no namespaces or no control group: nothing is then said about the bundle.
   */
  perform(scenario: Scenario): Promise<readonly RunResult[]>;
  remove(): void;
}

export function createRig(): Rig {
  const deployed = synthesize();
  const node = join(fetchNode24(), 'bin', 'node');
  return {
    perform: (scenario) => perform(scenario, deployed, node),
    remove: () => deployed.remove(),
  };
}

function perform(
  scenario: Scenario,
  deployed: DeployedFunction,
  node: string,
): Promise<readonly RunResult[]> {
  const { file, handlerName, environment } = deployed;
  const plain = Object.entries(environment).filter(([, value]) => typeof value === 'string');
  const fn = { file, handlerName, environment: Object.fromEntries(plain), node };
  const args = [
    ...['--net', '--mount', process.execPath, '--import', 'tsx', join(import.meta.dirname, 'world.ts')],
    ...[JSON.stringify(scenario), JSON.stringify(fn)],
  ];
  return new Promise((resolve, reject) => {
    execFile('unshare', args, { maxBuffer: 1 << 28 }, (error, stdout, stderr) => {
      if (error === null) resolve(JSON.parse(stdout));
      else reject(new Error(`the platform could not be set up, or ended early: ${stderr}`, { cause: error }));
    });
  });
}
