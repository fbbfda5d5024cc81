import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, stop } from '../../infra/local/http-server.ts';

export const TOPIC = 'arn:aws:sns:ap-southeast-1:123456789012:topic';

/** A topic of SNS, as somebody who publishes to it sees it. */
export interface Topic {
  readonly endpoint: string;
  /** Of what was published, in order. */
  readonly subjects: (string | null)[];
  readonly calls: Readonly<Record<string, string>>[];
  /** Whether it takes what is published. */
  isOpen: boolean;
  close(): Promise<void>;
}

const PUBLISHED =
  '<PublishResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishResult><MessageId>1</MessageId></PublishResult></PublishResponse>';
const REFUSED =
  '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>AuthorizationError</Code><Message>not authorized</Message></Error></ErrorResponse>';

/** Starts one on a free port of this machine: docs.aws.amazon.com/sns/latest/api/API_Publish.html */
export async function startTopic(): Promise<Topic> {
  const server = createServer(async (request, response) => {
    const call = new URLSearchParams(await text(request));
    if (topic.isOpen) {
      topic.calls.push(Object.fromEntries(call));
      topic.subjects.push(call.get('Subject'));
    }
    response
      .writeHead(topic.isOpen ? 200 : 403, { 'content-type': 'text/xml' })
      .end(topic.isOpen ? PUBLISHED : REFUSED);
  });
  const topic: Topic = {
    endpoint: await listen(server),
    subjects: [],
    calls: [],
    isOpen: true,
    close: () => stop(server),
  };
  return topic;
}
