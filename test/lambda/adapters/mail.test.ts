import { SNSClient } from '@aws-sdk/client-sns';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { LOCAL_CREDENTIALS } from '../../../infra/local/embedded-dynamodb.ts';
import { createMail } from '../../../lambda/adapters/mail.ts';
import { startTopic, TOPIC, type Topic } from '../../support/topic.ts';

let topic: Topic;
let client: SNSClient;
beforeEach(async () => {
  topic = await startTopic();
  client = new SNSClient({ endpoint: topic.endpoint, ...LOCAL_CREDENTIALS });
});
afterEach(async () => {
  client.destroy();
  await topic.close();
});

it('a mail is published to its topic, with its subject', async () => {
  await createMail({ client, topicArn: TOPIC }).send('Ledger root', 'Keep this.\n');
  expect(topic.calls).toMatchObject([
    { Action: 'Publish', TopicArn: TOPIC, Subject: 'Ledger root', Message: 'Keep this.\n' },
  ]);
});

it('a mail that the topic does not take is an error that names both', async () => {
  topic.isOpen = false;
  await expect(createMail({ client, topicArn: TOPIC }).send('Ledger root', '')).rejects.toMatchObject({
    code: 'mail.unsent',
    cause: expect.objectContaining({ name: expect.stringMatching(/^Authorization/) }),
    message: `the mail "Ledger root" was not sent to ${TOPIC}: not authorized`,
  });
});
