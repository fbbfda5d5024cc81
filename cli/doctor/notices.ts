import { NotFoundException, paginateListSubscriptionsByTopic, type SNSClient } from '@aws-sdk/client-sns';
import { type Finding, NOT_THERE, ok, wrong } from './finding.ts';

const LOOKED_AT = 'notices';
/** aws.amazon.com/about-aws/whats-new/2023/05/amazon-sns-automatic-deletion-unconfirmed-subscriptions */
const EXPIRY = 'AWS deletes a subscription that is not confirmed within 48 hours';

/**
 * Checks that somebody is notified of alarms: that the addresses subscribed to the topic have confirmed. Shows no address.
 *
 * @param email the address in cdk.json; undefined if there is none, or if it was given with -c.
 */
export async function lookAtNotices(
  client: SNSClient,
  topicArn: string,
  email: string | undefined,
): Promise<Finding[]> {
  const subscribe = `aws sns subscribe --topic-arn ${topicArn} --protocol email --notification-endpoint ADDRESS`;
  const arns: string[] = [];
  try {
    for await (const page of paginateListSubscriptionsByTopic({ client }, { TopicArn: topicArn })) {
      arns.push(...(page.Subscriptions ?? []).flatMap(({ SubscriptionArn: arn }) => arn ?? []));
    }
  } catch (error) {
    if (!(error instanceof NotFoundException)) throw error;
    return [wrong(LOOKED_AT, 'there is no such topic in this AWS account and region', NOT_THERE)];
  }
  const pending = arns.filter((arn) => arn === 'PendingConfirmation').length;
  // A subscription that was cancelled is listed as Deleted for a while.
  const confirmed = arns.filter((arn) => arn.startsWith('arn:')).length;
  if (pending > 0)
    return [
      wrong(
        LOOKED_AT,
        `${pending} of ${pending + confirmed} subscriptions ${pending === 1 ? 'is' : 'are'} not confirmed: nothing is delivered there`,
        `Confirm in the e-mail from AWS. ${EXPIRY}; to get another e-mail: ${subscribe}`,
      ),
    ];
  if (confirmed > 0)
    return [ok(LOOKED_AT, `${confirmed} confirmed ${confirmed === 1 ? 'subscription' : 'subscriptions'}`)];
  if (email === undefined)
    return [ok(LOOKED_AT, `nobody is notified: no address is subscribed (alarmEmail; ${EXPIRY})`)];
  return [
    wrong(
      LOOKED_AT,
      `nobody is notified: alarmEmail is set, but ${EXPIRY}`,
      `Subscribe again, and confirm: ${subscribe}`,
    ),
  ];
}
