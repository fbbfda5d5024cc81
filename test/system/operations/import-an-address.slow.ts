import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { objectOf } from '../../support/checkout.ts';
import { cdkImport, templateWith } from './cdk-import.ts';
import { type AwsAccount, startAwsAccount } from './cloudformation-stand-in.ts';

const ADDRESS = 'EgressAddress5BA57CC7';
const MAPPING = { [ADDRESS]: { PublicIp: '203.0.113.7', AllocationId: 'eipalloc-0' } };

describe('importing an address into a stack that is deployed', () => {
  const deployed = templateWith({});
  let aws: AwsAccount;
  beforeEach(async () => {
    aws = await startAwsAccount(deployed);
  });
  afterEach(() => aws.close());

  it('asks first, since the settings also change what is there, and requests nothing without an answer', async () => {
    await expect(cdkImport(aws, { egress: 'nat-gateway' }, MAPPING)).rejects.toThrow(
      'Confirm import with pending drift',
    );
    expect(aws.changeSets).toEqual([]);
  });

  it('with --force requests the address and nothing else, and leaves the rest as deployed', async () => {
    await cdkImport(aws, { egress: 'nat-gateway' }, MAPPING, '--force');
    const asked = aws.changeSet();
    expect(asked.get('ChangeSetType')).toBe('IMPORT');
    const imported = [...asked].filter(([name]) => /^ResourcesToImport\..*\.LogicalResourceId$/.test(name));
    expect(imported.map(([, value]) => value)).toEqual([ADDRESS]);
    const template = asked.get('TemplateBody') ?? '';
    const ids = [...template.matchAll(/^ {2}(\w+):$/gm)].map(([, id]) => id);
    const before = Object.keys(objectOf(objectOf(JSON.parse(deployed))['Resources']));
    expect(ids).toEqual(expect.arrayContaining([...before, ADDRESS]));
    expect(template).not.toContain('AWS::EC2::VPC');
  });
});
