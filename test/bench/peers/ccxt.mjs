// ccxt as people usually use it: one client per account, fetchBalance, and its result put as one item.
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { DynamoDBDocumentClient, PutCommand } from '@aws-sdk/lib-dynamodb';
import ccxt from 'ccxt';

const secrets = new SecretsManagerClient({});
const documents = DynamoDBDocumentClient.from(new DynamoDBClient({}));

export async function handler() {
  const { SecretString } = await secrets.send(
    new GetSecretValueCommand({ SecretId: process.env.API_KEYS_SECRET_ID }),
  );
  const timestamp = new Date().toISOString();
  for (const [region, accounts] of Object.entries(JSON.parse(SecretString))) {
    for (const [name, { accessKey, secretKey }] of Object.entries(accounts)) {
      const exchange = new ccxt.upbit({ apiKey: accessKey, secret: secretKey });
      const base = process.env.UPBIT_API_URL.replace('{region}', region);
      exchange.urls.api = { public: base, private: base };
      const { total, free, used } = await exchange.fetchBalance();
      await documents.send(
        new PutCommand({
          TableName: process.env.TABLE_NAME,
          Item: { pk: `${region}#${name}`, sk: timestamp, total, free, used },
        }),
      );
    }
  }
}
