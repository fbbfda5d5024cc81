import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findSecret, parseSecretArn } from '../../../cli/keys/which-secret.ts';
import { ARN, pair } from '../../support/keys-typed.ts';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'secret-'));
});
afterEach(() => rmSync(root, { recursive: true }));

const stack = (TableName: string, ApiKeysSecretArn?: string) => ({
  TableName,
  ApiKeysSecretArn,
  AwsRegion: 'eu-west-1',
});
const deployed = (outputs: object) => writeFileSync(join(root, 'cdk.outputs.json'), JSON.stringify(outputs));
const OTHER = ARN.replace('ApiKeys', 'OtherKeys');

describe('the secret that is meant', () => {
  it('is that of the only deployment, in the AWS region of its ARN', () => {
    deployed({ balances: stack('ledger', ARN) });
    expect(findSecret({}, { AWS_REGION: 'us-east-1' }, root)).toEqual({
      arn: ARN,
      awsRegion: 'ap-southeast-1',
    });
  });

  it('is that of the deployment whose table is named, by option or environment', () => {
    deployed({ a: stack('ledger', ARN), b: stack('other', OTHER) });
    expect(findSecret({ table: 'other' }, {}, root).arn).toBe(OTHER);
    expect(findSecret({}, { TABLE_NAME: 'other' }, root).arn).toBe(OTHER);
    expect(findSecret({}, { BALANCES_LEDGER: 'other' }, root).arn).toBe(OTHER);
    expect(() => findSecret({}, {}, root)).toThrow('names several tables, choose one with --table');
  });

  it('is the one that is named, and needs no deployment then', () => {
    expect(findSecret({ secret: ARN }, { BALANCES_LEDGER: 'local' }, root)).toEqual({
      arn: ARN,
      awsRegion: 'ap-southeast-1',
    });
  });

  it('is in the AWS region of the deployment if its name has none', () => {
    deployed({ balances: stack('ledger', 'keys') });
    expect(findSecret({}, {}, root)).toEqual({ arn: 'keys', awsRegion: 'eu-west-1' });
  });

  it.each([
    ['nothing is deployed', undefined, {}, 'secret.unavailable', 'no secret to open: deploy first'],
    [
      'the deployment is older',
      { balances: stack('ledger') },
      {},
      'secret.unavailable',
      'names no secret for the table ledger',
    ],
    [
      'the table is of no deployment',
      { balances: stack('ledger', ARN) },
      { TABLE_NAME: 'x-y' },
      'secret.unavailable',
      'names no secret for the table x-y',
    ],
    ['the outputs have no table', {}, {}, 'file.invalid', 'has no output TableName'],
    [
      'a ledger on this machine is chosen',
      { balances: stack('ledger', ARN) },
      { BALANCES_LEDGER: 'local' },
      'usage.invalid',
      'BALANCES_LEDGER names a ledger on this machine, which has no secret',
    ],
    [
      'a ledger on this machine is chosen',
      { balances: stack('ledger', ARN) },
      { BALANCES_LEDGER: 'real' },
      'usage.invalid',
      'choose the deployment with --table, or the secret with --secret',
    ],
  ])('is not known if %s', (_, outputs, environment, code, message) => {
    if (outputs !== undefined) deployed(outputs);
    expect(() => findSecret({}, environment, root)).toThrow(
      expect.objectContaining({ code, message: expect.stringContaining(message) }),
    );
  });

  it.each([pair('sg').secretKey, 'ApiKeys', '', `${ARN}\n`, 'arn:aws:iam::123456789012:role/x'])(
    'is named by its ARN and not by %j, which is not shown',
    (text) => {
      expect(() => parseSecretArn(text)).toThrow(
        expect.objectContaining({
          code: 'usage.invalid',
          message:
            '--secret takes the ARN of a secret in Secrets Manager, arn:aws:secretsmanager:…, never a key; the text given is not such an ARN',
        }),
      );
      expect(parseSecretArn(ARN)).toBe(ARN);
    },
  );
});
