/** How a request token is signed: HMAC with SHA-256 or SHA-512. */
export const SIGNING_ALGORITHMS = ['HS256', 'HS512'] as const;
export type SigningAlgorithm = (typeof SIGNING_ALGORITHMS)[number];

export interface RegionFacts {
  /** The country's name. */
  readonly name: string;
  /** The URL of this site's API, without a path. */
  readonly baseUrl: string;
  /** The site's fiat currency. */
  readonly fiat: string;
  readonly jwtAlg: SigningAlgorithm;
  /** Whether every key made on this site must list the addresses it is used from. */
  readonly listsAddresses: boolean;
}

/**
 * Every region, in display order. To add one, add an entry here.
 *
 * Hosts: global-docs.upbit.com/reference/rest-api-guide and docs.upbit.com/kr/reference/rest-api-guide.
 * Algorithm: sg-api answered 200 to HS256 in 2023, and ccxt signs with it for every site; Korea's page shows HS512
 * (September 2026). No first-party page says which the other sites want, so it is set only here, and the configuration
 * key `jwtAlg` overrides it. Addresses: Korea requires them for every key; elsewhere a view-only key may leave them out.
 */
export const REGIONS = {
  sg: {
    name: 'Singapore',
    baseUrl: 'https://sg-api.upbit.com',
    fiat: 'SGD',
    jwtAlg: 'HS256',
    listsAddresses: false,
  },
  id: {
    name: 'Indonesia',
    baseUrl: 'https://id-api.upbit.com',
    fiat: 'IDR',
    jwtAlg: 'HS256',
    listsAddresses: false,
  },
  th: {
    name: 'Thailand',
    baseUrl: 'https://th-api.upbit.com',
    fiat: 'THB',
    jwtAlg: 'HS256',
    listsAddresses: false,
  },
  kr: { name: 'Korea', baseUrl: 'https://api.upbit.com', fiat: 'KRW', jwtAlg: 'HS256', listsAddresses: true },
} as const satisfies Readonly<Record<string, RegionFacts>>;

/** An Upbit site. Each is a separate exchange: accounts, keys and listings are not shared. */
export type Region = keyof typeof REGIONS;

/** True for exactly the keys of {@link REGIONS}: case-sensitive, no white space. */
export function isRegion(text: string): text is Region {
  return Object.hasOwn(REGIONS, text);
}

export const REGION_IDS: readonly Region[] = Object.keys(REGIONS).filter(isRegion);

/** All regions in a sentence: `sg, id, th or kr`. */
export function regionsInWords(conjunction: 'and' | 'or'): string {
  return REGION_IDS.join(', ').replace(/,(?!.*,)/, ` ${conjunction}`);
}
