import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { SigningAlgorithm } from '../../lambda/core/regions.ts';

/** What `cdk.json` says about an account: what its calls are signed with, and whether it is collected at all. */
interface SigningSetup {
  /** Undefined for the region's own. */
  readonly algorithm: SigningAlgorithm | undefined;
  /** What to know about the account's region; undefined if nothing. */
  readonly notice: string | undefined;
}

/** Reads what `cdk.json` under `root` says about an account; nothing if there is no usable one: the doctor says so. */
export async function signingSetup(account: AccountName, root: string): Promise<SigningSetup> {
  const { readConfig } = await import('../doctor/configuration.ts');
  try {
    const { regions, jwtAlg } = await readConfig(root);
    const region = regionOf(account);
    const notice = regions.includes(region)
      ? undefined
      : `cdk.json does not name the region ${region}, so it is collected only once you deploy with it: npx cdk deploy -c regions=${[...regions, region].join(',')}`;
    return { algorithm: jwtAlg, notice };
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return { algorithm: undefined, notice: undefined };
  }
}
