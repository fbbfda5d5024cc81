import { GetQueueAttributesCommand, QueueDoesNotExist, type SQSClient } from '@aws-sdk/client-sqs';
import { type Finding, NOT_THERE, ok, wrong } from './finding.ts';

/** Both kinds: one that somebody is reading is hidden from others, and still there. */
const COUNTED = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'] as const;

/**
 * Checks that a dead-letter queue is empty.
 *
 * @param entry the alarm about this queue, which is also its entry in the runbook.
 */
export async function lookAtQueue(
  client: SQSClient,
  lookedAt: string,
  queueUrl: string,
  entry: string,
): Promise<Finding[]> {
  try {
    const { Attributes: attributes = {} } = await client.send(
      new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: [...COUNTED] }),
    );
    const count = COUNTED.reduce((sum, name) => sum + Number(attributes[name] ?? 0), 0);
    if (count === 0) return [ok(lookedAt, 'the queue is empty')];
    const found = `the queue holds ${count === 1 ? '1 event' : `${count} events`} from the last 14 days`;
    const remedy = `docs/runbook.md#${entry} says how to read the queue, what to do, and how to empty it.`;
    return [{ ...wrong(lookedAt, found, remedy), tells: [entry] }];
  } catch (error) {
    if (!(error instanceof QueueDoesNotExist)) throw error;
    return [wrong(lookedAt, 'there is no such queue in this AWS account and region', NOT_THERE)];
  }
}
