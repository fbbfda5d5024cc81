import { PublishCommand, type SNSClient } from '@aws-sdk/client-sns';
import { CodedError } from '../core/error.ts';
import type { Mail } from '../sealer/ports.ts';
import { AWS_CALL_TIMEOUT } from './aws-client.ts';
import { withTimeOut } from './time-out.ts';

/** Mail to the subscribers of a topic. */
export function createMail({ client, topicArn }: { client: SNSClient; topicArn: string }): Mail {
  return {
    async send(subject, text) {
      const publish = new PublishCommand({ TopicArn: topicArn, Subject: subject, Message: text });
      try {
        await withTimeOut(AWS_CALL_TIMEOUT, (abortSignal) => client.send(publish, { abortSignal }));
      } catch (cause) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new CodedError('mail.unsent', `the mail "${subject}" was not sent to ${topicArn}: ${why}`, {
          cause,
        });
      }
    },
  };
}
