import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { vi } from 'vitest';
import { type Clients, openClients } from '../../cli/doctor/clients.ts';
import { listen, stop } from '../../infra/local/http-server.ts';
import { SECOND } from '../../lambda/core/instant.ts';
import { isObject } from '../../lambda/core/parsed.ts';

/** An alarm of CloudWatch, as DescribeAlarms returns it. */
export interface StandInAlarm {
  readonly AlarmName: string;
  readonly AlarmDescription?: string;
  readonly AlarmActions: readonly string[];
  readonly ActionsEnabled: boolean;
  readonly StateValue: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';
  /** Seconds since 1970. */
  readonly StateUpdatedTimestamp: number;
}

/** What a test's deployment has, besides its table, secret and function. All of it may change while it runs. */
export interface Operated {
  /** By `group/name`. */
  readonly schedules: Map<string, { state: string; expression: string; zone: string }>;
  /** The messages of each queue, by its URL: waiting, and being read. */
  readonly queues: Map<string, { waiting: number; inFlight: number }>;
  readonly alarms: StandInAlarm[];
  /** The subscriptions of each topic: an ARN, `PendingConfirmation` or `Deleted`. */
  readonly topics: Map<string, string[]>;
  /** The operations that IAM denies. */
  readonly denied: Set<string>;
}

/** A running endpoint for EventBridge Scheduler, SQS, CloudWatch and SNS. */
export interface OperationsEndpoint extends Operated {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** How many entries a page has: small, so that every list of a test has several. */
const PAGE = 2;

/** An answer: its status, its body, and the error in the header that REST JSON has it in. */
interface Answer {
  readonly status: number;
  readonly body: string;
  readonly errorType?: string;
}

/**
 * Starts the part of four services that the doctor uses, on a free local port, in the forms that AWS documents:
 * GetSchedule (REST JSON, docs.aws.amazon.com/scheduler/latest/APIReference/API_GetSchedule.html), GetQueueAttributes (JSON,
 * docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-json-api-responses.html), DescribeAlarms (JSON,
 * docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DescribeAlarms.html) and ListSubscriptionsByTopic (XML,
 * docs.aws.amazon.com/sns/latest/api/API_ListSubscriptionsByTopic.html).
 */
export async function startOperationsEndpoint(): Promise<OperationsEndpoint> {
  const operated: Operated = {
    schedules: new Map(),
    queues: new Map(),
    alarms: [],
    topics: new Map(),
    denied: new Set(),
  };
  const server = createServer(async (request, response) => {
    const { status, body, errorType } = answer(operated, request, await text(request));
    const headers = errorType === undefined ? {} : { 'x-amzn-errortype': errorType };
    response.writeHead(status, headers).end(body);
  });
  return { ...operated, endpoint: await listen(server), close: () => stop(server) };
}

function answer(operated: Operated, { method, url = '', headers }: IncomingMessage, body: string): Answer {
  const target = String(headers['x-amz-target'] ?? '').split('.')[1];
  if (target === 'GetQueueAttributes') return queueAttributes(operated, inputOf(body));
  if (target === 'DescribeAlarms') return describeAlarms(operated, inputOf(body));
  const query = new URLSearchParams(body);
  if (query.get('Action') === 'ListSubscriptionsByTopic') return listSubscriptions(operated, query);
  const { pathname, searchParams } = new URL(url, 'http://localhost');
  const name = /^\/schedules\/([^/]+)$/.exec(pathname)?.[1];
  if (method === 'GET' && name !== undefined)
    return schedule(operated, `${searchParams.get('groupName')}/${decodeURIComponent(name)}`);
  throw new Error(`${method} ${url} ${target} is not answered here`);
}

function schedule({ schedules, denied }: Operated, name: string): Answer {
  if (denied.has('GetSchedule'))
    return {
      status: 403,
      errorType: 'AccessDeniedException',
      body: json({ Message: unauthorized('scheduler:GetSchedule') }),
    };
  const found = schedules.get(name);
  if (found === undefined)
    return {
      status: 404,
      errorType: 'ResourceNotFoundException',
      body: json({ Message: `Schedule ${name} does not exist.` }),
    };
  const { state, expression, zone } = found;
  const [GroupName, Name] = name.split('/');
  return {
    status: 200,
    body: json({
      Arn: `arn:aws:scheduler:ap-southeast-1:123456789012:schedule/${name}`,
      CreationDate: 1_790_000_000.5,
      GroupName,
      Name,
      State: state,
      ScheduleExpression: expression,
      ScheduleExpressionTimezone: zone,
      FlexibleTimeWindow: { Mode: 'OFF' },
    }),
  };
}

function queueAttributes({ queues, denied }: Operated, input: Readonly<Record<string, unknown>>): Answer {
  if (denied.has('GetQueueAttributes'))
    return failed('com.amazon.coral.service#AccessDeniedException', unauthorized('sqs:GetQueueAttributes'));
  const found = queues.get(String(input['QueueUrl']));
  if (found === undefined)
    return failed('com.amazonaws.sqs#QueueDoesNotExist', 'The specified queue does not exist.');
  const all: Readonly<Record<string, string>> = {
    ApproximateNumberOfMessages: String(found.waiting),
    ApproximateNumberOfMessagesNotVisible: String(found.inFlight),
  };
  const asked: unknown[] = Array.isArray(input['AttributeNames']) ? input['AttributeNames'] : [];
  const chosen = Object.entries(all).filter(([name]) => asked.includes(name));
  return { status: 200, body: json({ Attributes: Object.fromEntries(chosen) }) };
}

function describeAlarms({ alarms, denied }: Operated, input: Readonly<Record<string, unknown>>): Answer {
  if (denied.has('DescribeAlarms'))
    return failed('com.amazonaws.cloudwatch#AccessDenied', unauthorized('cloudwatch:DescribeAlarms'));
  const all = alarms.filter(({ AlarmName: name }) => name.startsWith(String(input['AlarmNamePrefix'])));
  const from = Number(input['NextToken'] ?? 0);
  const next = from + PAGE < all.length ? { NextToken: String(from + PAGE) } : {};
  return { status: 200, body: json({ MetricAlarms: all.slice(from, from + PAGE), ...next }) };
}

function listSubscriptions({ topics, denied }: Operated, query: URLSearchParams): Answer {
  const refuse = (status: number, code: string, message: string) => ({
    status,
    body: `<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type><Code>${code}</Code><Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  });
  if (denied.has('ListSubscriptionsByTopic'))
    return refuse(403, 'AuthorizationError', unauthorized('SNS:ListSubscriptionsByTopic'));
  const topic = query.get('TopicArn') ?? '';
  const all = topics.get(topic);
  if (all === undefined) return refuse(404, 'NotFound', 'Topic does not exist');
  const from = Number(query.get('NextToken') ?? 0);
  const members = all
    .slice(from, from + PAGE)
    .map(
      (arn) =>
        `<member><TopicArn>${topic}</TopicArn><Protocol>email</Protocol><SubscriptionArn>${arn}</SubscriptionArn><Owner>123456789012</Owner><Endpoint>ops@example.com</Endpoint></member>`,
    );
  const next = from + PAGE < all.length ? `<NextToken>${from + PAGE}</NextToken>` : '';
  return {
    status: 200,
    body: `<ListSubscriptionsByTopicResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><ListSubscriptionsByTopicResult><Subscriptions>${members.join('')}</Subscriptions>${next}</ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>`,
  };
}

function failed(type: string, message: string): Answer {
  return { status: 400, body: json({ __type: type, message }) };
}

function unauthorized(action: string): string {
  return `User: arn:aws:iam::123456789012:user/somebody is not authorized to perform: ${action}`;
}

function inputOf(body: string): Readonly<Record<string, unknown>> {
  const input: unknown = JSON.parse(body);
  if (!isObject(input)) throw new Error(`${body} is not an object`);
  return input;
}

function json(value: unknown): string {
  return JSON.stringify(value);
}

/** Starts the endpoint, and the clients of a doctor that looks there. */
export async function startOperations(): Promise<OperationsEndpoint & { readonly clients: Clients }> {
  const operations = await startOperationsEndpoint();
  for (const service of ['SCHEDULER', 'SQS', 'CLOUDWATCH', 'SNS'])
    vi.stubEnv(`AWS_ENDPOINT_URL_${service}`, operations.endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'fake-access-key-id');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'fake-secret-access-key');
  const clients = await openClients('ap-southeast-1', 5 * SECOND);
  return {
    ...operations,
    clients,
    close: async () => {
      vi.unstubAllEnvs();
      clients.close();
      await operations.close();
    },
  };
}
