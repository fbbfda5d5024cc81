import { type AccountName, regionOf } from '../core/account.ts';
import { remedyOf } from '../core/failures.ts';
import {
  REGION_IDS,
  REGIONS,
  type Region,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../core/regions.ts';
import type { Refusal, Verdict } from '../core/verdict.ts';
import type { AskOverrides } from './ports.ts';

/** What is wrong with a key, and what to do about it, in words. */
export interface KeyTrouble {
  readonly detail: string;
  readonly remedy: string | undefined;
}

/** What to retry a refused key with. */
export interface Trial {
  readonly account: AccountName;
  /** The configured regions. */
  readonly regions: readonly Region[];
  /** What the refused call was signed with. */
  readonly algorithm: SigningAlgorithm;
  /** Makes one more call with the same key. */
  readonly ask: (overrides: AskOverrides) => Promise<Verdict>;
}

/**
 * Finds out why Upbit rejects a key by trying again: signed with the other algorithm, once, if the signature was wrong;
 * at the other configured regions, until one knows the key, if the access key was unknown. A key is never sent to a
 * region that is not configured, since the user may not be a customer there.
 */
export async function explain(refusal: Refusal, trial: Trial): Promise<KeyTrouble> {
  if (refusal.wrong === 'signature') return await tryOtherAlgorithm(refusal, trial);
  if (refusal.wrong === 'accessKey') return await tryOtherRegions(refusal, trial);
  return { detail: refusal.detail, remedy: remedyOf(refusal.code) };
}

async function tryOtherAlgorithm({ code, detail }: Refusal, { algorithm, ask }: Trial): Promise<KeyTrouble> {
  const [other = algorithm] = SIGNING_ALGORITHMS.filter((name) => name !== algorithm);
  const verdict = await ask({ algorithm: other });
  const refused = `${detail} to a token signed with ${algorithm}`;
  if (verdict.kind === 'refusal' && verdict.wrong === 'signature') {
    return {
      detail: `${refused}, and to one signed with ${other}: the secret key does not belong to this access key`,
      remedy: 'Copy both keys again. Upbit shows a secret key only once; if it is lost, make a new key.',
    };
  }
  if (verdict.kind === 'refusal' && !isAboutKey(verdict))
    return { detail: `${refused}; ${other} could not be tried: ${verdict.detail}`, remedy: remedyOf(code) };
  const taken = verdict.kind === 'balances' ? 'but takes one' : `but ${verdict.detail} to one`;
  return {
    detail: `${refused}, ${taken} signed with ${other}: the algorithm is wrong`,
    remedy: `Set the configuration key jwtAlg to ${other} and deploy; it applies to all regions.`,
  };
}

async function tryOtherRegions(refusal: Refusal, { account, regions, ask }: Trial): Promise<KeyTrouble> {
  const own = regionOf(account);
  const strangers: Region[] = [];
  for (const region of regions.filter((id) => id !== own)) {
    const verdict = await ask({ region });
    if (verdict.kind === 'balances' || (isAboutKey(verdict) && verdict.wrong !== 'accessKey')) {
      return {
        detail: `${refusal.detail}, but Upbit ${REGIONS[region].name} (${region}) knows the key: it is filed under the wrong region`,
        remedy: `In the secret, move the entry of ${account} to "${region}", and close ${account} if it was ever collected.`,
      };
    }
    if (verdict.wrong === 'accessKey') strangers.push(region);
  }
  const lost = `was deleted, or not fully copied: copy both keys again, or make a new key on the site of Upbit ${REGIONS[own].name}.`;
  const others = REGION_IDS.filter((region) => region !== own && !strangers.includes(region));
  return {
    detail: `${refusal.detail}: the access key is unknown there${strangers.length === 0 ? '' : ` and at ${strangers.join(' and ')}`}`,
    remedy:
      others.length === 0
        ? `It ${lost}`
        : `Usually such a key was made on another Upbit site (${others.join(', ')}): then put it under that region in the secret. Otherwise it ${lost}`,
  };
}

/** True if Upbit refused the key itself, rather than the call or because of its own state. */
function isAboutKey({ code }: Refusal): boolean {
  return code.startsWith('key.');
}
