import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { lookAtQueue } from '../../../cli/doctor/queue.ts';
import { startOperations } from '../../support/operations-endpoint.ts';

const URL = 'https://sqs.ap-southeast-1.amazonaws.com/123456789012/failed-runs';

let operations: Awaited<ReturnType<typeof startOperations>>;
beforeEach(async () => {
  operations = await startOperations();
});
afterEach(() => operations.close());

const look = () => lookAtQueue(operations.clients.sqs, 'failed runs', URL, 'failed-run-kept');

describe('the doctor’s check of a dead-letter queue', () => {
  it('finds an empty one', async () => {
    operations.queues.set(URL, { waiting: 0, inFlight: 0 });
    expect(await look()).toEqual([{ lookedAt: 'failed runs', state: 'ok', found: 'the queue is empty' }]);
  });

  it.each([
    [{ waiting: 1, inFlight: 0 }, 'the queue holds 1 event from the last 14 days'],
    [{ waiting: 2, inFlight: 1 }, 'the queue holds 3 events from the last 14 days'],
  ])('finds what it holds, also while somebody reads it: %j', async (messages, found) => {
    operations.queues.set(URL, messages);
    expect(await look()).toMatchObject([
      {
        state: 'wrong',
        found,
        remedy: expect.stringMatching(/^docs\/runbook\.md#failed-run-kept says /),
        tells: ['failed-run-kept'],
      },
    ]);
  });

  it('finds one that is not there', async () => {
    expect(await look()).toMatchObject([
      { state: 'wrong', found: 'there is no such queue in this AWS account and region' },
    ]);
  });

  it('passes on any other error', async () => {
    operations.denied.add('GetQueueAttributes');
    await expect(look()).rejects.toThrow('sqs:GetQueueAttributes');
  });
});
