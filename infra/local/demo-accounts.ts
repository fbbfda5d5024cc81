import type { Instant } from '../../lambda/core/instant.ts';
import type { Region } from '../../lambda/core/regions.ts';
import type { Grid } from '../../lambda/core/slots.ts';
import { simulatedBalances } from './simulated-portfolio.ts';
import type { SimulatedAccount } from './simulated-upbit.ts';

/** The schedule of the demo. */
export const DEMO_GRID: Grid = { every: '1h', timeZone: 'UTC' };
/** The regions of the demo, one account each, called main. */
export const DEMO_REGIONS: readonly Region[] = ['sg', 'id', 'th'];
export const DEMO_SEED = 'demo';

/** The schedule in the environment of the demo's collector. */
export const DEMO_VARIABLES = {
  REGIONS: DEMO_REGIONS.join(','),
  EVERY: DEMO_GRID.every,
  TIME_ZONE: DEMO_GRID.timeZone,
};

/** The accounts that the simulated Upbit knows. */
export function demoAccounts(origin: Instant): SimulatedAccount[] {
  return DEMO_REGIONS.map((region) => ({
    region,
    accessKey: `simulated-access-key-${region}`,
    secretKey: `simulated-secret-key-${region}`,
    balances: simulatedBalances({ seed: DEMO_SEED, region, name: 'main', origin }),
  }));
}

/** A key pair, as in the secret. */
export type SecretEntry = Pick<SimulatedAccount, 'region' | 'accessKey' | 'secretKey'> & {
  /** `2027-10-01` */
  readonly expiresOn?: string;
};

/** The text of a secret with these keys. */
export function secretOf(entries: readonly SecretEntry[]): string {
  return JSON.stringify(
    Object.fromEntries(
      entries.map(({ region, accessKey, secretKey, expiresOn }) => [
        region,
        { main: { accessKey, secretKey, expiresOn } },
      ]),
    ),
  );
}
