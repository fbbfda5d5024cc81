/** How a request token is signed: HMAC with SHA-256 or SHA-512. */
export const SIGNING_ALGORITHMS = ['HS256', 'HS512'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

/** An Upbit site. Each is an exchange of its own: accounts, keys and listings are not shared. */
export type Region = 'sg' | 'id' | 'th' | 'kr';

export interface RegionFacts {
  /** The country, for people. */
  readonly name: string;
  /** Where the API of this site answers, without a path. */
  readonly baseUrl: string;
  /** The site's fiat currency. */
  readonly fiat: string;
  readonly jwtAlg: SigningAlgorithm;
}

/**
 * Hosts: global-docs.upbit.com/reference/rest-api-guide and docs.upbit.com/kr/reference/rest-api-guide.
 * Algorithm: HS256 was answered 200 by sg-api in 2023 and is what ccxt signs for every site; Korea's page shows
 * HS512 (September 2026). No first-party page says which the other sites want, so the choice stands here alone
 * and the configuration key `jwtAlg` overrides it.
 */
export const REGIONS: Readonly<Record<Region, RegionFacts>> = {
  sg: { name: 'Singapore', baseUrl: 'https://sg-api.upbit.com', fiat: 'SGD', jwtAlg: 'HS256' },
  id: { name: 'Indonesia', baseUrl: 'https://id-api.upbit.com', fiat: 'IDR', jwtAlg: 'HS256' },
  th: { name: 'Thailand', baseUrl: 'https://th-api.upbit.com', fiat: 'THB', jwtAlg: 'HS256' },
  kr: { name: 'Korea', baseUrl: 'https://api.upbit.com', fiat: 'KRW', jwtAlg: 'HS256' },
};

export const REGION_IDS: readonly Region[] = ['sg', 'id', 'th', 'kr'];

/** True for exactly `sg`, `id`, `th` and `kr`: no other case, no white space. */
export function isRegion(text: string): text is Region {
  return REGION_IDS.some((id) => id === text);
}
