import { regionOf } from '../../lambda/core/account.ts';
import { FAILURES } from '../../lambda/core/failures.ts';
import { isKeyProblem, type Keys } from '../../lambda/core/keys.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LOOKED_AT = 'secret';
/** The fact that no account has a key. */
export const NO_KEYS_YET = 'it has no keys yet';

/**
 * Findings about the API keys as stored. No key is shown, not even in part.
 *
 * @param regions the configured regions; undefined if unknown.
 * @param put how to store keys, for when there are none.
 */
export function judgeKeys(keys: Keys, regions: readonly Region[] | undefined, put: string): Finding[] {
  const names = [...keys.accounts.keys()].sort(byCodeOrder);
  const entries = [...keys.accounts].flatMap(([account, entry]) =>
    isKeyProblem(entry) ? [{ account, detail: entry.detail }] : [],
  );
  const others = [...[...keys.regions.values()].map(({ detail }) => detail), ...keys.remarks];
  const problems = [...entries.map(({ account, detail }) => `${account}: ${detail}`), ...others];
  if (names.length + problems.length === 0)
    return [{ ...wrong(LOOKED_AT, NO_KEYS_YET, put), tells: [NO_KEYS_YET] }];
  const has = names.length === 0 ? 'no usable keys' : `keys for ${names.join(', ')}`;
  const form =
    problems.length === 0
      ? ok(LOOKED_AT, `well-formed: ${has}`)
      : {
          ...wrong(LOOKED_AT, `${has}; ${problems.join('; ')}`, FAILURES['keys.invalid'].remedy),
          tells: [...entries.map(({ detail }) => detail), ...others, ...asLikelyReason(keys.remarks)],
        };
  const idle = names.filter((account) => regions?.includes(regionOf(account)) === false);
  if (idle.length === 0) return [form];
  return [
    form,
    wrong(
      LOOKED_AT,
      `nothing is collected for ${idle.join(', ')}: only ${regions?.join(', ')} ${regions?.length === 1 ? 'is' : 'are'} configured`,
      'Add their regions to the configuration key regions and deploy, or remove these keys from the secret.',
    ),
  ];
}

/** The remarks as they follow in the detail of `keys.missing`: the first few, joined. */
function asLikelyReason(remarks: readonly string[]): string[] {
  return remarks.map((_, index) => remarks.slice(0, index + 1).join('; '));
}
