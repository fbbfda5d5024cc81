import { isRegion, REGION_IDS, type Region } from './regions.ts';

/** One Upbit account, i.e. one API key pair: `<region>/<name>`, e.g. `sg/main`. A renamed account is a new one. */
export type AccountName = `${Region}/${string}`;

/** The allowed names after the slash. */
const ACCOUNT_NAME_PATTERN = /^[a-z0-9][a-z0-9-]{0,31}$/;

/** The allowed form in words, for messages. */
export const ACCOUNT_NAME_RULE = '1 to 32 of a-z, 0-9 and -, not beginning with -';

/** The account under which a region's failures are recorded while no account of that region is known. */
export function defaultAccount(region: Region): AccountName {
  return `${region}/main`;
}

/** Parses an account name such as `sg/main`; undefined for anything else. */
export function parseAccountName(text: string): AccountName | undefined {
  const [region = '', name = '', ...rest] = text.split('/');
  return rest.length === 0 && isRegion(region) && ACCOUNT_NAME_PATTERN.test(name)
    ? `${region}/${name}`
    : undefined;
}

/** The region an account belongs to. */
export function regionOf(account: AccountName): Region {
  const region = REGION_IDS.find((id) => account.startsWith(`${id}/`));
  if (region === undefined) throw new RangeError(`account ${account} has no region`);
  return region;
}
