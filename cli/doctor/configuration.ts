import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { StackConfig } from '../../infra/config.ts';
import { CodedError } from '../../lambda/core/error.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { REGIONS } from '../../lambda/core/regions.ts';
import type { Environment, SealerEnvironment } from '../../lambda/handlers/environment.ts';
import type { DeployedStack } from '../ledger/deployment.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LOOKED_AT = 'configuration';

/**
 * The configuration in the context of `cdk.json`.
 *
 * @throws CodedError `config.invalid`.
 */
export async function readConfig(root: string): Promise<StackConfig> {
  // Loaded on demand: it loads part of the CDK.
  const { parseConfig } = await import('../../infra/config.ts');
  return parseConfig(readContext(join(root, 'cdk.json')));
}

/**
 * Checks the context in `cdk.json`, and whether the next deploy would change what is deployed.
 *
 * @param deployed the collector's environment; undefined if unknown.
 * @param stack what the deploy's outputs name; undefined if unknown.
 * @param sealer the sealer's environment; undefined if unknown, or there is none.
 */
export async function lookAtConfiguration(
  root: string,
  deployed: Environment | undefined,
  stack: DeployedStack | undefined,
  sealer: SealerEnvironment | undefined,
): Promise<Finding[]> {
  try {
    const config = await readConfig(root);
    const { egress, jwtAlg } = config;
    const next = inWords({
      ...config,
      algorithm: (region) => jwtAlg ?? REGIONS[region].jwtAlg,
      isFixed: egress !== 'dynamic',
    });
    if (deployed === undefined) return [ok(LOOKED_AT, `cdk.json is well-formed: ${next}`)];
    const others = stack === undefined ? '' : otherChanges(config, stack, sealer);
    return [
      settingsInWords(deployed) === next && others === ''
        ? ok(LOOKED_AT, 'cdk.json is well-formed and matches what is deployed')
        : ok(
            LOOKED_AT,
            `cdk.json is well-formed, but the next deploy would change the stack to ${next}${others}: repeat the -c options of the last deploy, or write them into cdk.json`,
          ),
    ];
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [wrong(LOOKED_AT, error.message, 'Correct cdk.json: no deploy is possible until then.')];
  }
}

/** What the next deploy would change apart from the function, as the end of a sentence; empty if nothing. */
function otherChanges(
  { seals, timestampUrl, replicas = [] }: StackConfig,
  deployed: DeployedStack,
  sealer: SealerEnvironment | undefined,
): string {
  const signing =
    !seals || sealer === undefined || sealer.timestampUrl === timestampUrl
      ? ''
      : timestampUrl === undefined
        ? ', without time-stamps'
        : `, with time-stamps of ${new URL(timestampUrl).host}`;
  const sealing = `${(deployed.sealer !== undefined) === seals ? '' : `, ${seals ? 'with' : 'without'} seals`}${signing}`;
  const inOrder = (regions: readonly string[]) => regions.toSorted(byCodeOrder).join(', ');
  if (inOrder(replicas) === inOrder(deployed.replicas)) return sealing;
  return `${sealing}, ${replicas.length === 0 ? 'without copies' : `with copies in ${inOrder(replicas)}`}`;
}

/** Describes what is deployed, leaving out defaults. */
export function settingsInWords(deployed: Environment): string {
  return inWords({ ...deployed, isFixed: deployed.egressAddress !== undefined });
}

/** The settings that decide what is recorded, and whether Upbit accepts the calls. */
interface Setup extends Pick<Environment, 'regions' | 'every' | 'timeZone' | 'algorithm' | 'prices'> {
  /** True if all calls come from one address. */
  readonly isFixed: boolean;
}

/** Describes a setup, leaving out defaults. */
function inWords({ regions, every, timeZone, algorithm, prices, isFixed }: Setup): string {
  const [unusual] = regions.filter((region) => algorithm(region) !== REGIONS[region].jwtAlg).map(algorithm);
  return [
    `${regions.toSorted(byCodeOrder).join(', ')} every ${every} in ${timeZone}`,
    ...(unusual === undefined ? [] : [`signed with ${unusual}`]),
    ...(isFixed ? ['from a fixed address'] : []),
    ...(prices ? [] : ['without prices']),
  ].join(', ');
}

function readContext(file: string): Readonly<Record<string, unknown>> {
  const json = readJson(file);
  const context = isObject(json) ? (json['context'] ?? {}) : undefined;
  if (isObject(context)) return context;
  throw new CodedError('config.invalid', 'the context in cdk.json is not an object');
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CodedError('config.invalid', 'cdk.json cannot be read as JSON', { cause });
  }
}
