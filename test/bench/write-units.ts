import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { parseBalances } from '../../lambda/core/balances.ts';
import { SECOND } from '../../lambda/core/instant.ts';
import { encodeItem, itemBytes } from '../../lambda/core/item.ts';
import { VERSION } from '../../lambda/core/version.ts';
import { PROFILES, type Profile } from './profiles.ts';

let slot = 0;

/** The item of a snapshot with the profile's first `count` currencies, for a slot of its own. */
function item(profile: Profile, count: number) {
  const answer = parseBalances(Array.from({ length: count }, (_, index) => profile.line(index)));
  if (answer.problem !== undefined) throw new Error(answer.problem);
  slot += SECOND;
  return encodeItem({
    account: 'sg/main',
    slot,
    observedAt: slot,
    manual: false,
    writer: VERSION,
    keyId: '01234567',
    ...answer.value,
  });
}

/** Asks DynamoDB what a put of each profile consumes, and how many currencies fit into one write unit. */
export async function measureWriteUnits(endpoint: string): Promise<string[]> {
  const credentials = { accessKeyId: 'fake', secretAccessKey: 'fake' };
  const client = new DynamoDBClient({ endpoint, region: 'ap-southeast-1', credentials });
  const units = async (profile: Profile, count: number) => {
    const put = new PutItemCommand({
      TableName: 'ledger',
      Item: item(profile, count),
      ReturnConsumedCapacity: 'TOTAL',
    });
    return (await client.send(put)).ConsumedCapacity?.CapacityUnits ?? Number.NaN;
  };
  const lines: string[] = [];
  for (const profile of PROFILES) {
    let most = 0;
    while ((await units(profile, most + 1)) <= 1) most += 1;
    const [consumed, bytes] = [await units(profile, profile.goal), itemBytes(item(profile, profile.goal))];
    lines.push(
      `${profile.goal} currencies, ${profile.name}: ${consumed} write unit${consumed === 1 ? '' : 's'}, about ${bytes} bytes; one unit holds ${most}`,
    );
  }
  client.destroy();
  return lines;
}
