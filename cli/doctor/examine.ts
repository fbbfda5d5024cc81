import type { DemoTrouble } from '../../infra/local/demo-check.ts';
import type { Instant } from '../../lambda/core/instant.ts';
import type { Environment } from '../ledger/deployment.ts';
import type { Finding } from './finding.ts';

/** What the doctor checks. */
export type DoctorTarget =
  | { readonly kind: 'demo'; readonly trouble: DemoTrouble | undefined }
  /** The real Upbit from this machine, with the keys of a file. */
  | { readonly kind: 'real'; readonly keyFile: string }
  /** A deployment; without a table, the one in the deploy's outputs. */
  | { readonly kind: 'deployed'; readonly table: string | undefined };

/**
 * Runs all checks of a target, and changes nothing. Each kind is loaded on demand.
 *
 * @throws CodedError if nothing can be checked.
 */
export async function examine(
  target: DoctorTarget,
  environment: Environment,
  root: string,
  now: Instant,
): Promise<readonly Finding[]> {
  switch (target.kind) {
    case 'demo': {
      const { examineDemo } = await import('./demo.ts');
      return await examineDemo(target.trouble, root, now);
    }
    case 'real': {
      const { examineReal } = await import('./real.ts');
      return await examineReal(target.keyFile, environment, root, now);
    }
    case 'deployed': {
      const { examineDeployed } = await import('./deployed.ts');
      return await examineDeployed(target.table, environment, root, now);
    }
  }
}
