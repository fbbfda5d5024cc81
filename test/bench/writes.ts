import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parseBalances } from '../../lambda/core/balances.ts';
import { SECOND } from '../../lambda/core/instant.ts';
import { encodeItem } from '../../lambda/core/item.ts';
import { itemBytes } from '../../lambda/core/stored.ts';
import { VERSION } from '../../lambda/core/version.ts';
import { must } from '../support/arbitraries.ts';
import type { Figure, Goal } from './figure.ts';
import { PROFILES, type Profile, profileNamed } from './profiles.ts';

const COUNTS = [1, 5, 20, 30, 40, 50, 200] as const;

/** The cases with goals: so many currencies of a profile. */
const GOALS: readonly { id: string; profile: string; count: number; goal: Goal }[] = [
  { id: 'worst', profile: 'worst:', count: 20, goal: { most: 1 } },
  { id: 'worst-4', profile: 'worst but', count: 20, goal: { most: 1 } },
  { id: 'typical', profile: 'typical', count: 28, goal: { most: 1 } },
  { id: 'short', profile: 'short', count: 40, goal: { most: 1 } },
  { id: 'typical-200', profile: 'typical', count: 200, goal: { most: 6 } },
];

let slot = 0;

/** The item of a snapshot with the profile's first `count` currencies, in a slot of its own. */
function item(profile: Profile, count: number) {
  const lines = Array.from({ length: count }, (_, index) => profile.line(index));
  slot += SECOND;
  return encodeItem({
    account: 'sg/main',
    slot,
    observedAt: slot,
    manual: false,
    writer: VERSION,
    keyId: '01234567',
    ...must(parseBalances(lines)),
  });
}

/** The write units that DynamoDB reports for a snapshot, and its size: by profile and number of currencies. */
export async function measureWrites(
  endpoint: string,
): Promise<{ readonly figures: Figure[]; readonly table: string[] }> {
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  const client = new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials });
  const units = async (Item: ReturnType<typeof item>) => {
    const put = new PutItemCommand({ TableName: 'ledger', Item, ReturnConsumedCapacity: 'TOTAL' });
    return (await client.send(put)).ConsumedCapacity?.CapacityUnits ?? Number.NaN;
  };
  const figures: Figure[] = [];
  for (const { id, profile: name, count, goal } of GOALS) {
    const profile = profileNamed(name);
    figures.push({
      id: `write.${id}`,
      what: `a snapshot of ${count} currencies, ${profile.name}`,
      value: await units(item(profile, count)),
      unit: 'write units',
      kind: 'exact',
      goal,
    });
  }
  figures.push({
    id: 'bytes.typical',
    what: 'a snapshot of 28 typical currencies',
    value: itemBytes(item(profileNamed('typical'), 28)),
    unit: 'bytes',
    kind: 'exact',
    goal: { most: 1_024 },
  });

  const table = [
    `| write units (bytes) at | ${COUNTS.join(' | ')} | one unit holds |`,
    `|---|${COUNTS.map(() => '---|').join('')}---|`,
  ];
  for (const profile of PROFILES) {
    const cells: string[] = [];
    for (const count of COUNTS) {
      const one = item(profile, count);
      cells.push(`${await units(one)} (${itemBytes(one)})`);
    }
    let most = 0;
    while ((await units(item(profile, most + 1))) <= 1) most += 1;
    table.push(`| ${profile.name} | ${cells.join(' | ')} | ${most} |`);
    figures.push({
      id: `holds.${profile.name.split(/[ :]/)[0]}${profile.name.includes('but') ? '-4' : ''}`,
      what: `one write unit holds, ${profile.name.split(':')[0]}`,
      value: most,
      unit: 'currencies',
      kind: 'exact',
    });
  }
  client.destroy();
  return { figures, table };
}
