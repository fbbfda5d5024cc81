// The tutorial pattern, not a product: what public samples of a scheduled Lambda that stores an exchange's balances do,
// combined. Signing as in Upbit's own Node sample (jsonwebtoken, uuid); storing as in the AWS samples for
// DynamoDBDocumentClient (one PutCommand per row); the secret as in the AWS sample for GetSecretValueCommand, read
// each time. One account after the other, one currency after the other, no condition, no bundling.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import jwt from 'jsonwebtoken';
import { v4 as uuid } from 'uuid';

const secrets = new SecretsManagerClient({});
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler() {
  const { SecretString } = await secrets.send(
    new GetSecretValueCommand({ SecretId: process.env.API_KEYS_SECRET_ID }),
  );
  const timestamp = new Date().toISOString();
  for (const [region, accounts] of Object.entries(JSON.parse(SecretString))) {
    for (const [name, { accessKey, secretKey }] of Object.entries(accounts)) {
      const token = jwt.sign({ access_key: accessKey, nonce: uuid() }, secretKey);
      const response = await fetch(`${process.env.UPBIT_API_URL.replace('{region}', region)}/v1/accounts`, {
        headers: { Authorization: `Bearer ${token}` },
      });
      for (const { currency, balance, locked, avg_buy_price } of await response.json()) {
        await documents.send(
          new PutCommand({
            TableName: process.env.TABLE_NAME,
            Item: {
              pk: `${region}#${name}`,
              sk: `${timestamp}#${currency}`,
              currency,
              balance: Number(balance),
              locked: Number(locked),
              avgBuyPrice: Number(avg_buy_price),
            },
          }),
        );
      }
    }
  }
}
