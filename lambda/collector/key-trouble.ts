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

/** What there is to try. */
export interface Trial {
  readonly account: AccountName;
  /** The regions that are configured. */
  readonly regions: readonly Region[];
  /** What the refused call was signed with. */
  readonly algorithm: SigningAlgorithm;
  /** Asks again, once, with the same key. */
  readonly ask: (overrides: AskOverrides) => Promise<Verdict>;
}

/**
 * Finds out why Upbit does not accept a key, by asking overrides: signed with the other algorithm, once, where the
 * signature was not right; at the other configured regions, until one knows it, where the access key is not known.
 * A key goes to no region that is not configured: there the user is no customer, as far as we know.
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
      remedy: 'Copy both keys again. Upbit shows a secret key only once; where it is lost, make a new key.',
    };
  }
  if (verdict.kind === 'refusal' && !isAboutKey(verdict))
    return { detail: `${refused}; ${other} could not be tried: ${verdict.detail}`, remedy: remedyOf(code) };
  const taken = verdict.kind === 'balances' ? 'but takes one' : `but ${verdict.detail} to one`;
  return {
    detail: `${refused}, ${taken} signed with ${other}: the algorithm is not the one it wants`,
    remedy: `Set the configuration key jwtAlg to ${other} and deploy; it holds for all regions.`,
  };
}

async function tryOtherRegions(refusal: Refusal, { account, regions, ask }: Trial): Promise<KeyTrouble> {
  const own = regionOf(account);
  const strangers: Region[] = [];
  for (const region of regions.filter((id) => id !== own)) {
    const verdict = await ask({ region });
    if (verdict.kind === 'balances' || (isAboutKey(verdict) && verdict.wrong !== 'accessKey')) {
      return {
        detail: `${refusal.detail}, but Upbit ${REGIONS[region].name} (${region}) knows the key: it stands under the wrong region`,
        remedy: `In the secret, move the entry of ${account} to "${region}", and close ${account} where it has been collected.`,
      };
    }
    if (verdict.wrong === 'accessKey') strangers.push(region);
  }
  const lost = `was deleted, or not copied whole: copy both keys again, or make a new key on the site of Upbit ${REGIONS[own].name}.`;
  const others = REGION_IDS.filter((region) => region !== own && !strangers.includes(region));
  return {
    detail: `${refusal.detail}: the access key is not known there${strangers.length === 0 ? '' : `, nor at ${strangers.join(' and ')}`}`,
    remedy:
      others.length === 0
        ? `It ${lost}`
        : `Most often such a key was made on another site of Upbit (${others.join(', ')}): then put it under that region in the secret. Else it ${lost}`,
  };
}

/** True where Upbit found fault with the key itself, and not with the call or its own state. */
function isAboutKey({ code }: Refusal): boolean {
  return code.startsWith('key.');
}
