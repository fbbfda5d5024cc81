import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { createLedgerReader } from '../../../lambda/adapters/ledger/reader.ts';
import { HOUR, MINUTE } from '../../../lambda/core/instant.ts';
import { type LocalParts, startLocalParts } from '../../support/local-parts.ts';
import { synthesize } from '../../support/synthesized.ts';
import { cdkImport } from './cdk-import.ts';
import { startAwsAccount } from './cloudformation-stand-in.ts';
import { itemsOf, putWhereNothingIs, startEmptyTable } from './copied-table.ts';
import { balances, gaps, hour, runAt } from './in-use.ts';

describe('continuing on a copy of the table', () => {
  let parts: LocalParts;
  let restored: Awaited<ReturnType<typeof startEmptyTable>>;
  beforeEach(async () => {
    parts = await startLocalParts(['sg/main', 'id/main']);
    restored = await startEmptyTable('restored');
    await runAt(parts, parts.cold(), hour(0), hour(1), hour(2));
    // The copy is made after the third slot; two more slots are taken before it is used.
    await putWhereNothingIs(restored, await itemsOf(parts.table));
    await runAt(parts, parts.cold(), hour(3), hour(4));
  });
  afterEach(async () => {
    await Promise.all([parts.close(), restored.close()]);
  });

  const onCopy = () => parts.cold({ dynamoDb: restored.client, variables: { TABLE_NAME: 'restored' } });

  it('lists the slots between the copy and the first run on it as gaps, and no others', async () => {
    await runAt(parts, onCopy(), hour(5), hour(6));
    parts.clock.set(hour(6) + 30 * MINUTE);
    expect(await gaps(parts, createLedgerReader(restored))).toEqual([
      'id/main 2026-11-22T09:00:00Z missing',
      'id/main 2026-11-22T10:00:00Z missing',
      'sg/main 2026-11-22T09:00:00Z missing',
      'sg/main 2026-11-22T10:00:00Z missing',
    ]);
  });

  it('keeps what was there, and fills the gaps from the old table, item by item, replacing nothing', async () => {
    await runAt(parts, onCopy(), hour(5));
    const before = await itemsOf(restored);
    expect(await putWhereNothingIs(restored, await itemsOf(parts.table))).toBe(4);
    expect(await itemsOf(restored)).toEqual(expect.arrayContaining([...before]));
    parts.clock.set(hour(5) + 30 * MINUTE);
    expect(await gaps(parts, createLedgerReader(restored))).toEqual([]);
    const range = 'history --account sg/main --from 2026-11-22T06:00:00Z --to 2026-11-22T11:00:00Z';
    expect(await balances(parts, range, createLedgerReader(restored))).toEqual(await balances(parts, range));
  });

  it('adds no account and no schedule to the catalog', async () => {
    await runAt(parts, onCopy(), hour(5));
    const { accounts, schedules } = await createLedgerReader(restored).catalog();
    expect(schedules.map(({ from }) => from)).toEqual([hour(0)]);
    expect([...accounts.values()].map(({ since }) => since)).toEqual([hour(0), hour(0)]);
    expect(hour(5) - hour(0)).toBe(5 * HOUR);
  });
});

describe('importing a table into the stack', () => {
  const TABLE = 'LedgerTable9343E4AA';
  const SECRET = 'ApiKeysSecret2A98600C';
  const ADDRESS = 'EgressAddress5BA57CC7';
  const SECRET_ARN = 'arn:aws:secretsmanager:ap-southeast-1:000000000000:secret:kept';
  const WITHOUT_ADDRESS = { [TABLE]: { TableName: 'restored' }, [SECRET]: { Id: SECRET_ARN } };
  const WITH_ADDRESS = {
    ...WITHOUT_ADDRESS,
    [ADDRESS]: { PublicIp: '203.0.113.7', AllocationId: 'eipalloc-0' },
  };

  it('needs nothing else of the stack, so table, secret and address can be imported alone', () => {
    const [stack] = synthesize({ egress: 'nat-instance' });
    for (const id of [TABLE, SECRET, ADDRESS]) {
      const found = stack.resources.find((resource) => resource.id === id);
      expect(found?.whole['DeletionPolicy']).toBe('Retain');
      expect(found?.whole).not.toHaveProperty('DependsOn');
      for (const other of stack.resources.filter((resource) => resource.id !== id))
        expect(JSON.stringify(found?.properties)).not.toContain(other.id);
    }
  });

  it.each([
    ['table and secret', {}, WITHOUT_ADDRESS],
    ['table, secret and address', { egress: 'nat-instance' }, WITH_ADDRESS],
  ])(
    'requests from CloudFormation, for a stack that does not exist: %s, and no more',
    async (_, context, mapping) => {
      const aws = await startAwsAccount();
      onTestFinished(() => aws.close());
      await cdkImport(aws, context, mapping);
      const asked = aws.changeSet();
      expect(asked.get('ChangeSetType')).toBe('IMPORT');
      expect(asked.get('StackName')).toBe('again');
      const imported = [...asked].filter(([name]) =>
        /^ResourcesToImport\..*\.(LogicalResourceId|key|value)$/.test(name),
      );
      expect(imported.map(([, value]) => value)).toEqual(
        Object.entries(mapping).flatMap(([id, identifier]) => [id, ...Object.entries(identifier).flat()]),
      );
      const template = asked.get('TemplateBody') ?? '';
      expect([...template.matchAll(/^\S+:$/gm)].map(([line]) => line)).toEqual(['Resources:']);
      expect([...template.matchAll(/^ {2}(\w+):$/gm)].map(([, id]) => id).sort()).toEqual(
        Object.keys(mapping).sort(),
      );
    },
  );
});
