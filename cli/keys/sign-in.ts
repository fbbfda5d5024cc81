import { findAddress } from '../../lambda/adapters/check-ip.ts';
import { nodeGet } from '../../lambda/adapters/node-get.ts';
import { createUpbit } from '../../lambda/adapters/upbit/exchange.ts';
import { CALL_TIMEOUT } from '../../lambda/collector/call-limits.ts';
import { explain } from '../../lambda/collector/key-trouble.ts';
import { type AccountName, regionOf } from '../../lambda/core/account.ts';
import { CodedError } from '../../lambda/core/error.ts';
import type { ApiKey } from '../../lambda/core/keys.ts';
import type { SigningAlgorithm } from '../../lambda/core/regions.ts';
import type { Refusal } from '../../lambda/core/verdict.ts';
import { readEnvironment } from '../../lambda/handlers/environment.ts';
import type { Environment } from '../ledger/deployment.ts';
import { proxiedFetch } from '../ledger/network.ts';

/** What the user can do if this machine cannot try the key. */
const UNTRIED = 'add --no-check to store it without signing in, then run balances doctor';

/**
 * Signs in at Upbit from this machine with a key, as the collector would, and returns if Upbit answers with the balances. The key goes to the account's own site and nowhere else. `JWT_ALG` and `UPBIT_API_URL` mean the same as for the Lambda; a
 * proxy of the environment is used.
 *
 * @param algorithm what the deploy is configured to sign with; undefined for the region's own.
 * @throws CodedError `key.unusable` if Upbit refuses, with the reason and what to do; `environment.invalid`.
 */
export async function signIn(
  account: AccountName,
  key: ApiKey,
  algorithm: SigningAlgorithm | undefined,
  environment: Environment,
): Promise<void> {
  const region = regionOf(account);
  const { UPBIT_API_URL, CHECK_IP_URL, JWT_ALG = algorithm } = environment;
  const settings = readEnvironment({
    TABLE_NAME: 'none',
    API_KEYS_SECRET_ID: 'none',
    REGIONS: region,
    EVERY: '1h',
    TIME_ZONE: 'UTC',
    JWT_ALG,
    UPBIT_API_URL,
    CHECK_IP_URL,
  });
  const fetch = (await proxiedFetch(environment)) ?? nodeGet;
  const exchange = createUpbit({ ...settings, fetch, now: Date.now, nonce: () => crypto.randomUUID() });
  const verdict = await exchange.ask(account, key, CALL_TIMEOUT);
  if (verdict.kind === 'balances') return;
  if (verdict.code === 'key.addressNotAllowed') {
    const { checkIpUrl } = settings;
    const address = checkIpUrl === undefined ? undefined : await findAddress(fetch, checkIpUrl);
    throw refused(account, verdict, addressWords(address));
  }
  if (!verdict.code.startsWith('key.')) throw untried(account, verdict);
  const { detail, remedy } = await explain(verdict, {
    account,
    // A key must not be sent to a site where its owner may have no account.
    regions: [region],
    algorithm: settings.algorithm(region),
    ask: (overrides) => exchange.ask(account, key, CALL_TIMEOUT, overrides),
  });
  throw refused(account, { ...verdict, detail }, remedy);
}

function addressWords(address: string | undefined): string {
  const from = address === undefined ? 'this machine’s address' : `this machine’s address, ${address},`;
  return `If only the collector is meant to use the key, it is right that ${from} is not on its list at Upbit: ${UNTRIED}.`;
}

function refused(account: AccountName, { code, detail }: Refusal, remedy: string | undefined): CodedError {
  const todo = remedy === undefined ? '' : `. ${remedy}`;
  return new CodedError(
    'key.unusable',
    `Upbit refused the new key of ${account}, so nothing was changed: ${code}: ${detail}${todo}`,
  );
}

function untried(account: AccountName, { code, detail }: Refusal): CodedError {
  return new CodedError(
    'key.unusable',
    `the new key of ${account} could not be tried, so nothing was changed: ${code}: ${detail}. Try again, or ${UNTRIED}.`,
  );
}
