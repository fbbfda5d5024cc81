import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import { CodedError } from '../lambda/core/error.ts';
import {
  isRegion,
  REGION_IDS,
  REGIONS,
  type Region,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../lambda/core/regions.ts';
import {
  CADENCES,
  type Cadence,
  isCadence,
  isTimeZone,
  TIME_ZONES,
  type TimeZone,
} from '../lambda/core/slots.ts';
import { isTimestampUrl, TIMESTAMP_URL_FORM } from '../lambda/core/timestamp-url.ts';

/** What happens to the ledger, the keys and the logs when the stack is deleted. */
export type Removal = 'retain' | 'destroy';

/** The address the collector calls from: Lambda's, which changes, or a fixed one behind a NAT. */
export type EgressKind = (typeof EGRESS_KINDS)[number];
const EGRESS_KINDS = ['dynamic', 'nat-instance', 'nat-gateway'] as const;

/** The stack's configuration, checked. */
export interface StackConfig {
  readonly stackName: string;
  /** In the given order, each once. */
  readonly regions: readonly Region[];
  readonly every: Cadence;
  readonly timeZone: TimeZone;
  readonly egress: EgressKind;
  /** The e-mail address for alarms; none if not set. */
  readonly alarmEmail: string | undefined;
  /** Whether to create a CloudWatch dashboard. */
  readonly dashboard: boolean;
  /** The function's memory, in MB. */
  readonly memory: number;
  /** How long the function's logs are kept, in days: one of CloudWatch's allowed values. */
  readonly logDays: number;
  /** Overrides the signing algorithm of every region, if set. */
  readonly jwtAlg: SigningAlgorithm | undefined;
  readonly removal: Removal;
  /** Whether each region's prices are recorded with its balances. */
  readonly prices: boolean;
  /** Whether each day of the ledger is sealed. */
  readonly seals: boolean;
  /** The time-stamp authority that signs each seal; none if not set. */
  readonly timestampUrl: string | undefined;
  /**
   * The other AWS regions with a copy of the table, each once; none yet, but the table is ready for them, if empty. Undefined
   * if there are to be none: CloudFormation makes a table ready, or adds or removes one copy, but only one of these in each
   * deploy (docs/operations.md#copies-in-other-aws-regions).
   */
  readonly replicas: readonly string[] | undefined;
}

/** One key of the CDK context. */
interface Setting<T> {
  /** The default. */
  readonly fallback: T;
  /** The allowed values, in words. */
  readonly allowed: string;
  /** Parses a value from `cdk.json` (JSON) or `-c` (always text); undefined if it is not allowed. */
  readonly parse: (value: unknown) => T | undefined;
}

const MEMORY = { least: 256, most: 2048 };
const LOG_DAYS = Object.values(RetentionDays).filter(
  (days): days is RetentionDays => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
const STACK_NAME = /^[A-Za-z][A-Za-z0-9-]{0,127}$/;
/** The form of an AWS region's name, such as eu-west-1 or us-gov-east-1. Which ones there are changes, so AWS judges that. */
const AWS_REGION = /^[a-z]{2,5}(?:-[a-z]+){1,2}-[1-9]\d?$/;
/** What `replicas` is while the table has no copy, but is ready for one. */
const PREPARED = 'prepared';

/** RFC 5321: 64 octets before the @ and 254 in all, since a path of 256 includes two angle brackets. */
const LONGEST_EMAIL = 254;
/** A dot-atom of RFC 5322 before the @, a host name of two or more labels after it; no quoting, no comments. */
const EMAIL =
  /^(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*@(?:[a-z\d](?:[a-z\d-]{0,61}[a-z\d])?\.)+[a-z](?:[a-z\d-]{0,61}[a-z\d])?$/i;

const SETTINGS: { readonly [Key in keyof StackConfig]: Setting<StackConfig[Key]> } = {
  stackName: {
    fallback: 'upbit-balance-snapshots',
    allowed: 'a letter, then at most 127 letters, digits and hyphens',
    parse: (value) => (typeof value === 'string' && STACK_NAME.test(value) ? value : undefined),
  },
  regions: {
    fallback: ['sg', 'id', 'th'],
    allowed: `one or more of ${REGION_IDS.join(', ')}, with commas and no spaces, each once`,
    parse: parseRegions,
  },
  every: {
    fallback: '1h',
    allowed: Object.keys(CADENCES).join(', '),
    parse: (value) => (typeof value === 'string' && isCadence(value) ? value : undefined),
  },
  timeZone: {
    fallback: 'UTC',
    allowed: Object.keys(TIME_ZONES).join(', '),
    parse: (value) => (typeof value === 'string' && isTimeZone(value) ? value : undefined),
  },
  egress: {
    fallback: 'dynamic',
    allowed: EGRESS_KINDS.join(', '),
    parse: (value) => EGRESS_KINDS.find((kind) => kind === value),
  },
  alarmEmail: {
    fallback: undefined,
    allowed: `one plain e-mail address such as ops@example.com, at most ${LONGEST_EMAIL} characters`,
    parse: (value) => (typeof value === 'string' && isEmail(value) ? value : undefined),
  },
  dashboard: {
    fallback: false,
    allowed: 'true, false',
    parse: parseBoolean,
  },
  memory: {
    fallback: 256,
    allowed: `whole MB from ${MEMORY.least} to ${MEMORY.most}`,
    parse: (value) => {
      const megabytes = parseWhole(value);
      return megabytes !== undefined && megabytes >= MEMORY.least && megabytes <= MEMORY.most
        ? megabytes
        : undefined;
    },
  },
  logDays: {
    fallback: 30,
    allowed: LOG_DAYS.join(', '),
    parse: (value) => LOG_DAYS.find((days) => days === parseWhole(value)),
  },
  jwtAlg: {
    fallback: undefined,
    allowed: SIGNING_ALGORITHMS.join(', '),
    parse: (value) => SIGNING_ALGORITHMS.find((algorithm) => algorithm === value),
  },
  removal: {
    fallback: 'retain',
    allowed: 'retain, destroy',
    parse: (value) => (value === 'retain' || value === 'destroy' ? value : undefined),
  },
  prices: {
    fallback: true,
    allowed: 'true, false',
    parse: parseBoolean,
  },
  seals: {
    fallback: true,
    allowed: 'true, false',
    parse: parseBoolean,
  },
  timestampUrl: {
    fallback: undefined,
    allowed: TIMESTAMP_URL_FORM,
    parse: (value) => (typeof value === 'string' && isTimestampUrl(value) ? value : undefined),
  },
  replicas: {
    fallback: undefined,
    allowed: `other AWS regions such as eu-west-1, with commas and no spaces, each once; or ${PREPARED}`,
    parse: parseReplicas,
  },
};

/** The CDK's own keys contain a colon (`aws:cdk:…`, `@aws-cdk/…:…`, cached lookups), except these two. */
const KEYS_OF_THE_CDK: readonly string[] = ['acknowledged-issue-numbers', 'cli-telemetry'];

/** A row of the table of context keys in the documentation. */
export interface ConfigurationRow {
  readonly key: string;
  /** The default, as it would be written; `none` if there is none. */
  readonly fallback: string;
  readonly allowed: string;
}

/**
 * Every key with its default and its allowed values.
 *
 * @internal exported for the test of the README
 */
export function configurationTable(): ConfigurationRow[] {
  return Object.entries(SETTINGS).map(([key, { fallback, allowed }]) => ({
    key,
    fallback: fallback === undefined ? 'none' : String(fallback),
    allowed,
  }));
}

/**
 * Parses the whole context of the CDK app.
 *
 * @throws CodedError `config.invalid` for the first key that is unknown, or whose value is not allowed.
 */
export function parseConfig(context: Readonly<Record<string, unknown>>): StackConfig {
  const unknown = Object.keys(context).find((key) => !isKnown(key));
  if (unknown !== undefined) {
    const known = Object.keys(SETTINGS).join(', ');
    throw new CodedError(
      'config.invalid',
      `the configuration key ${show(unknown)} is unknown; allowed: ${known}`,
    );
  }
  const read = <Key extends keyof StackConfig>(key: Key): StackConfig[Key] => {
    const { fallback, allowed, parse } = SETTINGS[key];
    if (!Object.hasOwn(context, key)) return fallback;
    const value = parse(context[key]);
    if (value !== undefined) return value;
    throw new CodedError(
      'config.invalid',
      `the configuration key ${key} is ${show(context[key])}; allowed: ${allowed}`,
    );
  };
  return {
    stackName: read('stackName'),
    regions: read('regions'),
    every: read('every'),
    timeZone: read('timeZone'),
    egress: read('egress'),
    alarmEmail: read('alarmEmail'),
    dashboard: read('dashboard'),
    memory: read('memory'),
    logDays: read('logDays'),
    jwtAlg: read('jwtAlg'),
    removal: read('removal'),
    prices: read('prices'),
    seals: read('seals'),
    timestampUrl: read('timestampUrl'),
    replicas: read('replicas'),
  };
}

/**
 * Makes sure that no copy of the table is to be where the table itself is.
 *
 * @param awsRegion the AWS region of the deploy; undefined if it is not known, and then CloudFormation refuses such a copy.
 * @throws CodedError `config.invalid`
 */
export function refuseCopyAtHome({ replicas }: StackConfig, awsRegion: string | undefined): void {
  if (awsRegion === undefined || replicas?.includes(awsRegion) !== true) return;
  throw new CodedError(
    'config.invalid',
    `the configuration key replicas is ${show(replicas.join(','))}; allowed: AWS regions other than ${awsRegion}, where the table itself is`,
  );
}

/** Something in a valid configuration that is likely to fail once it is deployed. */
export interface Warning {
  /** Its id in the CDK, with which a user may acknowledge it. */
  readonly id: string;
  readonly text: string;
}

/**
 * What is likely to fail: a region whose keys must list the addresses they are used from, with an address that changes, at most one
 * warning whatever the number of regions; and an authority that has nothing to sign.
 */
export function warningsAbout(config: StackConfig): Warning[] {
  return [...addressWarnings(config), ...timestampWarnings(config)];
}

function timestampWarnings({ seals, timestampUrl }: StackConfig): Warning[] {
  if (seals || timestampUrl === undefined) return [];
  return [
    {
      id: 'upbit-balance-snapshots:nothing-to-sign',
      text: 'timestampUrl is set, but with seals=false there are no seals to sign: nothing will be signed',
    },
  ];
}

function addressWarnings({ regions, egress }: StackConfig): Warning[] {
  const bound = regions.filter((region) => REGIONS[region].listsAddresses);
  if (bound.length === 0 || egress !== 'dynamic') return [];
  return [
    {
      id: 'upbit-balance-snapshots:address-changes',
      text: `regions has ${bound.join(', ')}, where every key must list the addresses it is used from, but with egress=dynamic they change without notice: set egress to nat-instance or nat-gateway and register the output EgressAddress, or snapshots will fail with key.addressNotAllowed (docs/egress.md)`,
    },
  ];
}

function isKnown(key: string): boolean {
  return Object.hasOwn(SETTINGS, key) || key.includes(':') || KEYS_OF_THE_CDK.includes(key);
}

function parseRegions(value: unknown): readonly Region[] | undefined {
  const regions = typeof value === 'string' ? value.split(',') : [];
  const isEachOnce = new Set(regions).size === regions.length;
  return regions.length > 0 && isEachOnce && regions.every(isRegion) ? regions : undefined;
}

function parseReplicas(value: unknown): readonly string[] | undefined {
  if (value === PREPARED) return [];
  const regions = typeof value === 'string' ? value.split(',') : [];
  const isEachOnce = new Set(regions).size === regions.length;
  return regions.length > 0 && isEachOnce && regions.every((name) => AWS_REGION.test(name))
    ? regions
    : undefined;
}

function isEmail(text: string): boolean {
  return text.length <= LONGEST_EMAIL && EMAIL.test(text);
}

/** A boolean, as such or as the text from `-c`. */
function parseBoolean(value: unknown): boolean | undefined {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : undefined;
}

/** A whole number, as such or as the digits from `-c`. */
function parseWhole(value: unknown): number | undefined {
  const number = typeof value === 'string' && /^[1-9]\d*$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : undefined;
}

/** The value as JSON in plain ASCII, so that a look-alike letter is visible. */
function show(value: unknown): string {
  return String(JSON.stringify(value)).replace(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}
