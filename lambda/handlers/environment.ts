import { isIPv4 } from 'node:net';
import { CHECK_IP } from '../adapters/check-ip.ts';
import { CodedError } from '../core/error.ts';
import { byCodeOrder } from '../core/order.ts';
import {
  isRegion,
  REGION_IDS,
  REGIONS,
  type Region,
  SIGNING_ALGORITHMS,
  type SigningAlgorithm,
} from '../core/regions.ts';
import { CADENCES, type Cadence, isCadence, isTimeZone, TIME_ZONES, type TimeZone } from '../core/slots.ts';
import { isTimestampUrl, TIMESTAMP_URL_FORM } from '../core/timestamp-url.ts';

/** The environment of every function, checked. */
export interface CommonEnvironment {
  readonly tableName: string;
  readonly timeZone: TimeZone;
  /** The dimension of the metrics, so that two stacks in one AWS account have separate numbers. */
  readonly functionName: string;
}

/** The collector's environment, checked. */
export interface Environment extends CommonEnvironment {
  readonly secretId: string;
  /** In code order, each once. */
  readonly regions: readonly Region[];
  readonly every: Cadence;
  readonly algorithm: (region: Region) => SigningAlgorithm;
  readonly baseUrl: (region: Region) => string;
  /** Our egress IPv4 address, if it is fixed. */
  readonly egressAddress: string | undefined;
  /** Whether prices are taken too. */
  readonly prices: boolean;
  /** The URL that returns our public address; undefined if no call leaves this machine. */
  readonly checkIpUrl: string | undefined;
}

/** The sealer's environment, checked. */
export interface SealerEnvironment extends CommonEnvironment {
  /** The time-stamp authority that signs each seal; none does if undefined. */
  readonly timestampUrl: string | undefined;
  /** The topic that gets the last root of each month; none does if undefined. */
  readonly rootTopicArn: string | undefined;
}

type Variables = Readonly<Record<string, string | undefined>>;

/**
 * Reads the environment of the Lambda: `TABLE_NAME`, `API_KEYS_SECRET_ID`, `REGIONS` (`sg,id,th`), `EVERY`,
 * `TIME_ZONE`; and, if set, `JWT_ALG`, `EGRESS_ADDRESS`, `PRICES` and, for tests and local parts only, `UPBIT_API_URL` and
 * `CHECK_IP_URL`.
 *
 * @throws CodedError `environment.invalid` naming the variable, its value, and the allowed values.
 */
export function readEnvironment(variables: Variables): Environment {
  const algorithm = readAlgorithm(variables);
  return {
    ...readCommonEnvironment(variables),
    secretId: required(variables, 'API_KEYS_SECRET_ID'),
    regions: readRegions(variables),
    every: oneOf(variables, 'EVERY', isCadence, Object.keys(CADENCES)),
    algorithm: (region) => algorithm ?? REGIONS[region].jwtAlg,
    baseUrl: readBaseUrl(variables),
    egressAddress: readEgressAddress(variables),
    prices: readPrices(variables),
    checkIpUrl: readCheckIpUrl(variables),
  };
}

/**
 * Reads the environment of the sealer: `TABLE_NAME` and `TIME_ZONE`; and, if set, `TIMESTAMP_URL` and `ROOT_TOPIC_ARN`.
 *
 * @throws CodedError `environment.invalid` naming the variable, its value, and the allowed values.
 */
export function readSealerEnvironment(variables: Variables): SealerEnvironment {
  const timestampUrl = variables['TIMESTAMP_URL'];
  if (timestampUrl !== undefined && !isTimestampUrl(timestampUrl))
    throw invalid('TIMESTAMP_URL', `is ${JSON.stringify(timestampUrl)}; allowed is ${TIMESTAMP_URL_FORM}`);
  return { ...readCommonEnvironment(variables), timestampUrl, rootTopicArn: variables['ROOT_TOPIC_ARN'] };
}

/**
 * Reads what every function has in its environment: `TABLE_NAME` and `TIME_ZONE`.
 *
 * @throws CodedError `environment.invalid` naming the variable, its value, and the allowed values.
 */
function readCommonEnvironment(variables: Variables): CommonEnvironment {
  return {
    tableName: required(variables, 'TABLE_NAME'),
    timeZone: oneOf(variables, 'TIME_ZONE', isTimeZone, Object.keys(TIME_ZONES)),
    functionName: variables['AWS_LAMBDA_FUNCTION_NAME'] ?? 'local',
  };
}

function required(variables: Variables, name: string): string {
  const value = variables[name];
  if (value === undefined || value === '') throw invalid(name, 'is not set');
  return value;
}

function oneOf<T extends string>(
  variables: Variables,
  name: string,
  isAllowed: (text: string) => text is T,
  allowed: readonly string[],
): T {
  const value = required(variables, name);
  if (!isAllowed(value))
    throw invalid(name, `is ${JSON.stringify(value)}; allowed are ${allowed.join(', ')}`);
  return value;
}

function readRegions(variables: Variables): Region[] {
  const text = required(variables, 'REGIONS');
  const regions = text.split(',');
  if (!regions.every(isRegion) || new Set(regions).size !== regions.length) {
    throw invalid(
      'REGIONS',
      `is ${JSON.stringify(text)}; allowed are one or more of ${REGION_IDS.join(', ')}, with commas, each once`,
    );
  }
  return regions.sort(byCodeOrder);
}

function readAlgorithm(variables: Variables): SigningAlgorithm | undefined {
  const text = variables['JWT_ALG'];
  const algorithm = SIGNING_ALGORITHMS.find((name) => name === text);
  if (text !== undefined && algorithm === undefined) {
    throw invalid('JWT_ALG', `is ${JSON.stringify(text)}; allowed are ${SIGNING_ALGORITHMS.join(', ')}`);
  }
  return algorithm;
}

function readEgressAddress(variables: Variables): string | undefined {
  const text = variables['EGRESS_ADDRESS'];
  if (text !== undefined && !isIPv4(text)) {
    throw invalid('EGRESS_ADDRESS', `is ${JSON.stringify(text)}; allowed is an IPv4 address`);
  }
  return text;
}

/** Prices are taken unless the variable says `false`. */
function readPrices(variables: Variables): boolean {
  const text = variables['PRICES'] ?? 'true';
  if (text !== 'true' && text !== 'false')
    throw invalid('PRICES', `is ${JSON.stringify(text)}; allowed are true, false`);
  return text === 'true';
}

/** Keys are sent only to Upbit: any other URL must be on this machine. */
function readBaseUrl(variables: Variables): (region: Region) => string {
  const template = variables['UPBIT_API_URL'];
  if (template === undefined) return (region) => REGIONS[region].baseUrl;
  const baseUrl = (region: Region) => template.replaceAll('{region}', region).replace(/\/+$/, '');
  if (!template.includes('{region}') || !REGION_IDS.every((region) => isLoopback(baseUrl(region)))) {
    throw invalid(
      'UPBIT_API_URL',
      'is not an address of this machine with {region} in it, such as http://127.0.0.1:8000/{region}',
    );
  }
  return baseUrl;
}

/** With a simulated Upbit there is no address to register, so no outside service is called. */
function readCheckIpUrl(variables: Variables): string | undefined {
  const url = variables['CHECK_IP_URL'];
  if (url === undefined) return variables['UPBIT_API_URL'] === undefined ? CHECK_IP : undefined;
  if (!isLoopback(url))
    throw invalid('CHECK_IP_URL', 'is not an address of this machine, such as http://127.0.0.1:8000/');
  return url;
}

function isLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, search, hash } = new URL(text);
  const isHere = hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
  return isHere && /^https?:$/.test(protocol) && username + search + hash === '';
}

function invalid(name: string, what: string): CodedError {
  return new CodedError('environment.invalid', `the environment variable ${name} ${what}`);
}
