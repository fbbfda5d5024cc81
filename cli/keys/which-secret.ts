import { CodedError } from '../../lambda/core/error.ts';
import { type Environment, findDeployment } from '../ledger/deployment.ts';
import { LEDGER_VARIABLE, ledgerOf, wrongUsage } from '../ledger/options.ts';

/** The options that select a secret. */
export interface SecretOptions {
  readonly secret?: string;
  readonly table?: string;
}

/** A secret in Secrets Manager. */
export interface WhichSecret {
  readonly arn: string;
  /** Undefined for the AWS region of the environment or the AWS profile. */
  readonly awsRegion: string | undefined;
}

const ARN = /^arn:aws[a-z-]*:secretsmanager:([a-z\d-]+):\d{12}:secret:[\w/+=.@-]+$/;

/**
 * Reads the value of `--secret`. Somebody may think that it takes the secret key, so what is not an ARN is not shown.
 *
 * @throws CodedError `usage.invalid`.
 */
export function parseSecretArn(text: string): string {
  if (ARN.test(text)) return text;
  throw wrongUsage(
    '--secret takes the ARN of a secret in Secrets Manager, arn:aws:secretsmanager:…, never a key; the text given is not such an ARN',
  );
}

/**
 * Finds the secret: the one named, else that of the deployment whose table is named, else that of the only deployment in
 * the deploy's outputs under `root`.
 *
 * @throws CodedError `secret.unavailable` if no deployment names one; `file.invalid` if the outputs file is unusable or
 * has several; `usage.invalid` if `BALANCES_LEDGER` names a ledger on this machine, which has no secret.
 */
export function findSecret(
  { secret, table }: SecretOptions,
  environment: Environment,
  root: string,
): WhichSecret {
  if (secret !== undefined) return { arn: secret, awsRegion: ARN.exec(secret)?.[1] };
  const ledger = ledgerOf({ ...(table === undefined ? {} : { table }) }, environment);
  if (ledger.local === true || ledger.real === true)
    throw wrongUsage(
      `${LEDGER_VARIABLE} names a ledger on this machine, which has no secret: choose the deployment with --table, or the secret with --secret`,
    );
  const { tableName, awsRegion, stack } = deploymentOf(ledger.table, environment, root);
  const arn = stack?.secretArn;
  if (arn === undefined)
    throw new CodedError(
      'secret.unavailable',
      `cdk.outputs.json names no secret for the table ${tableName}: deploy again, or name it with --secret ARN`,
    );
  return { arn, awsRegion: ARN.exec(arn)?.[1] ?? awsRegion };
}

function deploymentOf(table: string | undefined, environment: Environment, root: string) {
  try {
    return findDeployment(table, environment, root);
  } catch (cause) {
    if (!(cause instanceof CodedError) || cause.code !== 'ledger.unavailable') throw cause;
    throw new CodedError(
      'secret.unavailable',
      'no secret to open: deploy first (that writes cdk.outputs.json), or name one with --secret ARN',
      { cause },
    );
  }
}
