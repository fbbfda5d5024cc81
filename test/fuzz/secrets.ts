import { parseAccountName, regionOf } from '../../lambda/core/account.ts';
import { isKeyProblem, type Keys, MAX_ACCOUNTS, parseKeys } from '../../lambda/core/keys.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { isRegion } from '../../lambda/core/regions.ts';
import type { Chance } from './chance.ts';
import { ACCESS_KEY, mutatedJson, oddText, SECRET_KEY } from './mutate.ts';
import { must, mustBeSentence, type Target } from './target.ts';
import { doubled, hasTwice } from './twice.ts';

/** No message about a secret may contain its values; these are the ones searched for. */
const KEYS = [ACCESS_KEY, SECRET_KEY, 'fakefuzzkey'];

function accounts(chance: Chance, count: number) {
  return Object.fromEntries(
    chance.times(count, (index) => [
      chance.oneIn(20) ? oddText(chance) : `a${index}`,
      {
        accessKey: chance.oneIn(12) ? ACCESS_KEY : `fakefuzzkey${index}${chance.below(1e9)}`,
        secretKey: SECRET_KEY,
        ...(chance.oneIn(6) ? { expiresOn: chance.pick(['2027-10-01', '2027-02-30', oddText(chance)]) } : {}),
        ...(chance.oneIn(12) ? { note: oddText(chance) } : {}),
      },
    ]),
  );
}

/** The secret's text: `parseKeys`. */
export const secrets: Target<string> = {
  name: 'secrets',
  share: 15,
  make(chance) {
    const regions = chance.times(1 + chance.below(3), () =>
      chance.oneIn(12) ? oddText(chance) : chance.pick(['sg', 'id', 'th', 'kr']),
    );
    const size = chance.oneIn(400) ? MAX_ACCOUNTS - 1 + chance.below(4) : chance.below(5);
    const secret = Object.fromEntries(regions.map((region) => [region, accounts(chance, size)]));
    const text = chance.oneIn(8)
      ? doubled(chance, JSON.stringify(secret))
      : mutatedJson(chance, secret).toString();
    return chance.oneIn(10)
      ? `${chance.pick(['\ufeff', ' \n', '\t'])}${text}${chance.pick(['\r\n', '', '\ufeff'])}`
      : text;
  },
  judge(text) {
    const { value: keys, problem } = parseKeys(text);
    if (problem !== undefined) {
      mustBeSentence(problem, /^the secret (is|holds) /, KEYS);
      must(
        read(text) === undefined || accountsIn(text) > MAX_ACCOUNTS,
        () => `rejected as a whole: ${problem}`,
      );
      return 'rejected as a whole';
    }
    return judgeKeys(text, keys);
  },
};

function judgeKeys(text: string, keys: Keys): string {
  const secret = read(text);
  must(secret !== undefined, () => 'accepted although it is not an object');
  const isTwice = hasTwice(text.trim());
  const entries = accountsIn(text);
  const kept = keys.accounts.size + keys.unnamed;
  // Under a region that appears twice, more entries are found than JSON.parse shows.
  must(
    kept === entries || (isTwice && kept > entries),
    () => `${entries} entries became ${keys.accounts.size} and ${keys.unnamed}`,
  );
  must(keys.accounts.size <= MAX_ACCOUNTS, () => `${keys.accounts.size} accounts`);
  for (const remark of keys.remarks)
    mustBeSentence(
      remark,
      /^(name \d+ of (the secret|sg|id|th|kr) is |\w\w\/[a-z0-9-]+(\.expiresOn (is|appears twice)| has an unused field twice))/,
      KEYS,
    );
  for (const { detail } of keys.regions.values())
    mustBeSentence(detail, /^(sg|id|th|kr) (is|appears twice) /, KEYS);
  const used = new Set<string>();
  let problems = keys.remarks.length + keys.regions.size;
  for (const [account, entry] of keys.accounts) {
    must(parseAccountName(account) === account, () => `an account ${account}`);
    if (isKeyProblem(entry)) {
      problems += 1;
      mustBeSentence(
        entry.detail,
        new RegExp(
          `^(${account}[. ]|${regionOf(account)} appears twice |the same access key is under \\w\\w/)`,
        ),
        KEYS,
      );
      continue;
    }
    must(!used.has(entry.accessKey), () => `${account} has the key of another`);
    used.add(entry.accessKey);
    const [, name = ''] = account.split('/');
    const region = secret[regionOf(account)];
    const sent = isObject(region) ? region[name] : undefined;
    must(
      isObject(sent) && sent['accessKey'] === entry.accessKey && sent['secretKey'] === entry.secretKey,
      () => `${account} has different keys from the secret`,
    );
  }
  must(!isTwice || problems > 0, () => 'a member appears twice, and nothing says so');
  return problems === 0 ? 'accepted' : 'accepted in part, the rest reported';
}

function read(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const json: unknown = JSON.parse(text.trim());
    return isObject(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** The number of entries under the regions, whatever their names. */
function accountsIn(text: string): number {
  return Object.entries(read(text) ?? {}).reduce(
    (sum, [region, entries]) =>
      sum + (isRegion(region) && isObject(entries) ? Object.keys(entries).length : 0),
    0,
  );
}
