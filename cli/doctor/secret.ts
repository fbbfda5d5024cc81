import { regionOf } from '../../lambda/core/account.ts';
import { FAILURES } from '../../lambda/core/failures.ts';
import { isKeyProblem, type Keys } from '../../lambda/core/keys.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import type { Region } from '../../lambda/core/regions.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LOOKED_AT = 'secret';

/**
 * Findings about the API keys as stored. No key is shown, not even in part.
 *
 * @param regions the configured regions; undefined if unknown.
 * @param put how to store keys, for when there are none.
 */
export function judgeKeys(keys: Keys, regions: readonly Region[] | undefined, put: string): Finding[] {
  const names = [...keys.accounts.keys()].sort(byCodeOrder);
  const problems = [
    ...[...keys.accounts].flatMap(([account, entry]) =>
      isKeyProblem(entry) ? [`${account}: ${entry.detail}`] : [],
    ),
    ...[...keys.regions.values()].map(({ detail }) => detail),
    ...keys.remarks,
  ];
  if (names.length + problems.length === 0) return [wrong(LOOKED_AT, 'it has no keys yet', put)];
  const has = names.length === 0 ? 'no usable keys' : `keys for ${names.join(', ')}`;
  const form =
    problems.length === 0
      ? ok(LOOKED_AT, `well-formed: ${has}`)
      : wrong(LOOKED_AT, `${has}; ${problems.join('; ')}`, FAILURES['keys.invalid'].remedy);
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
