import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtNotices } from '../../../cli/doctor/notices.ts';
import { startOperations } from '../../support/operations-endpoint.ts';

const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:alarms';
const CONFIRMED = `${TOPIC}:0c5b1f5e`;

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeEach(async () => {
  operations = await startOperations();
});
afterEach(() => operations.close());

const look = (email?: string) => lookAtNotices(operations.clients.sns, TOPIC, email);

describe('the doctor’s check of the notices', () => {
  it.each([
    [[CONFIRMED], '1 confirmed subscription'],
    [[CONFIRMED, CONFIRMED, 'Deleted', CONFIRMED], '3 confirmed subscriptions'],
  ])('counts the confirmed subscriptions: %j', async (subscriptions, found) => {
    operations.topics.set(TOPIC, subscriptions);
    expect(await look()).toEqual([{ lookedAt: 'notices', state: 'ok', found }]);
  });

  it('finds one that is not confirmed, and says how to get another e-mail', async () => {
    operations.topics.set(TOPIC, [CONFIRMED, CONFIRMED, 'PendingConfirmation']);
    const [finding] = await look();
    expect(finding).toMatchObject({
      state: 'wrong',
      found: '1 of 3 subscriptions is not confirmed: nothing is delivered there',
    });
    expect(finding?.remedy).toContain(`aws sns subscribe --topic-arn ${TOPIC} --protocol email`);
  });

  it('accepts that there is none, unless cdk.json has an address', async () => {
    operations.topics.set(TOPIC, ['Deleted']);
    expect(await look()).toMatchObject([
      { state: 'ok', found: expect.stringMatching(/^nobody is notified: no address is subscribed/) },
    ]);
    expect(await look('ops@example.com')).toMatchObject([
      {
        state: 'wrong',
        found: expect.stringMatching(/^nobody is notified: alarmEmail is set, but AWS deletes/),
      },
    ]);
  });

  it('shows no address', async () => {
    operations.topics.set(TOPIC, ['PendingConfirmation']);
    expect(JSON.stringify(await look('ops@example.com'))).not.toContain('ops@');
  });

  it('finds that the topic is not there', async () => {
    expect(await look()).toMatchObject([
      { state: 'wrong', found: 'there is no such topic in this AWS account and region' },
    ]);
  });

  it('passes on any other error', async () => {
    operations.topics.set(TOPIC, []);
    operations.denied.add('ListSubscriptionsByTopic');
    await expect(look()).rejects.toThrow('SNS:ListSubscriptionsByTopic');
  });
});
