import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { REGIONS } from '../../lambda/core/regions.ts';
import type { Environment } from '../../lambda/handlers/environment.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LOOKED_AT = 'configuration';

/** Checks the context in `cdk.json`, and whether the next deploy would change what is deployed. */
export async function lookAtConfiguration(
  root: string,
  deployed: Environment | undefined,
): Promise<Finding[]> {
  // Loaded on demand: it loads part of the CDK.
  const { parseConfig } = await import('../../infra/config.ts');
  try {
    const config = parseConfig(readContext(join(root, 'cdk.json')));
    const { egress, jwtAlg } = config;
    const next = inWords({
      ...config,
      algorithm: (region) => jwtAlg ?? REGIONS[region].jwtAlg,
      isFixed: egress !== 'dynamic',
    });
    const now =
      deployed === undefined ? next : inWords({ ...deployed, isFixed: deployed.egressAddress !== undefined });
    return [
      now === next
        ? ok(LOOKED_AT, `cdk.json is well-formed: ${next}`)
        : ok(
            LOOKED_AT,
            `cdk.json is well-formed, but says ${next} while ${now} is deployed: repeat the same -c options at the next deploy, or write them into cdk.json`,
          ),
    ];
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [wrong(LOOKED_AT, error.message, 'Correct cdk.json: no deploy is possible until then.')];
  }
}

/** The settings that decide which snapshots are taken, and whether Upbit accepts the calls. */
interface Setup extends Pick<Environment, 'regions' | 'every' | 'timeZone' | 'algorithm'> {
  /** True if all calls come from one address. */
  readonly isFixed: boolean;
}

/** Describes a setup, leaving out defaults. */
function inWords({ regions, every, timeZone, algorithm, isFixed }: Setup): string {
  const [unusual] = regions.filter((region) => algorithm(region) !== REGIONS[region].jwtAlg).map(algorithm);
  return [
    `${regions.toSorted(byCodeOrder).join(', ')} every ${every} in ${timeZone}`,
    ...(unusual === undefined ? [] : [`signed with ${unusual}`]),
    ...(isFixed ? ['from a fixed address'] : []),
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
