import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CodedError } from '../../lambda/core/error.ts';
import { byCodeOrder } from '../../lambda/core/order.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { REGIONS } from '../../lambda/core/regions.ts';
import type { Environment } from '../../lambda/handlers/environment.ts';
import { type Finding, ok, wrong } from './finding.ts';

const LOOKED_AT = 'configuration';

/** Looks at the context in `cdk.json`, and whether the next deploy would change what is deployed. */
export async function lookAtConfiguration(
  root: string,
  deployed: Environment | undefined,
): Promise<Finding[]> {
  // Loaded only now: it brings a part of the CDK along.
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
            `cdk.json is well-formed, but says ${next} where ${now} is deployed: give the same -c again at the next deploy, or write them into cdk.json`,
          ),
    ];
  } catch (error) {
    if (!(error instanceof CodedError)) throw error;
    return [wrong(LOOKED_AT, error.message, 'Correct cdk.json: no deploy is possible before.')];
  }
}

/** What decides which snapshots there are, and whether Upbit accepts the calls. */
interface Setup extends Pick<Environment, 'regions' | 'every' | 'timeZone' | 'algorithm'> {
  /** True where every call comes from one address. */
  readonly isFixed: boolean;
}

/** Says of what is usual nothing. */
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
  throw new CodedError('config.invalid', 'cdk.json has no object of context keys');
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CodedError('config.invalid', 'cdk.json cannot be read as JSON', { cause });
  }
}
