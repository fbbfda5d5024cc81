import {
  InternalServiceError,
  ResourceNotFoundException,
  SecretsManagerClient,
  SecretsManagerServiceException,
} from '@aws-sdk/client-secrets-manager';
import type { AwsErrors, AwsFault, AwsNetwork } from './aws-call.ts';
import type { Host } from './host.ts';
import type { SecretText } from './secret-model.ts';

const ATTEMPTS = 3;

function refusal(name: string, message: string): SecretsManagerServiceException {
  return new SecretsManagerServiceException({ name, $fault: 'client', $metadata: {}, message });
}

const ERRORS: AwsErrors = {
  throttled: () => refusal('ThrottlingException', 'Rate exceeded'),
  internal: () =>
    new InternalServiceError({ $metadata: {}, message: 'An error occurred on the server side.' }),
  denied: () => refusal('AccessDeniedException', 'User is not authorized to perform this'),
};

let common: SecretsManagerClient | undefined;

export interface SimulatedSecretOptions {
  readonly network: AwsNetwork;
  readonly host: Host;
  readonly fault: () => AwsFault | undefined;
  readonly secret: () => SecretText;
  /** Called at each answer. */
  readonly read: () => void;
}

/** Secrets Manager with one secret, as seen by one process. */
export function simulatedSecrets({
  network,
  host,
  fault,
  secret,
  read,
}: SimulatedSecretOptions): SecretsManagerClient {
  // Creating one takes a millisecond, so unused parts are shared.
  common ??= new SecretsManagerClient({
    region: 'ap-southeast-1',
    credentials: { accessKeyId: 'fake', secretAccessKey: 'fake' },
  });
  const send = async () => {
    const value = await network.call({
      what: 'GetSecretValue',
      host,
      signal: undefined,
      attempts: ATTEMPTS,
      errors: ERRORS,
      fault,
      apply: secret,
    });
    read();
    if (value.text === undefined) {
      const what = value.isGone ? 'secret.' : 'secret value for staging label: AWSCURRENT';
      const message = `Secrets Manager can't find the specified ${what}`;
      throw new ResourceNotFoundException({ $metadata: {}, message });
    }
    return { $metadata: {}, SecretString: value.text };
  };
  return Object.assign(Object.create(common), { send });
}
