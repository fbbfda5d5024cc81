import type { RemovalPolicy } from 'aws-cdk-lib';
import { PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSecret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';

export interface ApiKeysProps {
  readonly removalPolicy: RemovalPolicy;
}

/** The secret that holds the API keys. It is created without a value: the keys never pass through the template. */
export class ApiKeys extends Construct {
  readonly secretArn: string;

  constructor(scope: Construct, id: string, { removalPolicy }: ApiKeysProps) {
    super(scope, id);
    // The L2 construct always generates a value.
    const secret = new CfnSecret(this, 'Secret', {
      description:
        'Upbit API keys: {"sg":{"main":{"accessKey":"...","secretKey":"...","expiresOn":"2027-10-01"}}}',
    });
    secret.applyRemovalPolicy(removalPolicy);
    acknowledge(secret, {
      'AwsSolutions-SMG4':
        'Keys are created by hand on Upbit’s site, so they cannot be rotated automatically.',
    });
    this.secretArn = secret.ref;
  }

  /** Gives the function the secret's ARN and permission to read its value. */
  grantRead(fn: LambdaFunction): void {
    fn.addEnvironment('API_KEYS_SECRET_ID', this.secretArn);
    fn.addToRolePolicy(
      new PolicyStatement({ actions: ['secretsmanager:GetSecretValue'], resources: [this.secretArn] }),
    );
  }
}
