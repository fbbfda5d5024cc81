import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { listen, stop } from '../../../infra/local/http-server.ts';

/** A function in Lambda. */
export interface StandInFunction {
  readonly variables: Readonly<Record<string, string>>;
  /** Rejects if the function throws; `null` stands for a Lambda outage. */
  readonly run: ((event: unknown) => Promise<unknown>) | null;
  /** When it was last changed, in Lambda's form: `2026-11-22T06:10:00.000+0000`. Not reported if absent. */
  readonly lastModified?: string;
}

type Operation = 'GetFunctionConfiguration' | 'Invoke';

/** A running stand-in for AWS Lambda. */
export interface LambdaEndpoint {
  readonly endpoint: string;
  /** By name; they may change while it runs. */
  readonly functions: Map<string, StandInFunction>;
  /** Operations that IAM denies. */
  readonly denied: Set<Operation>;
  /** The operations called, in order. */
  readonly calls: Operation[];
  close(): Promise<void>;
}

const ROUTE = /^\/2015-03-31\/functions\/([^/?]+)\/(configuration|invocations)$/;

/**
 * Starts the part of Lambda that the doctor uses, on a free local port: GetFunctionConfiguration and Invoke.
 * docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
 */
export async function startLambdaEndpoint(): Promise<LambdaEndpoint> {
  const functions = new Map<string, StandInFunction>();
  const denied = new Set<Operation>();
  const calls: Operation[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    const [, name = '', kind] = ROUTE.exec(request.url ?? '') ?? [];
    const operation: Operation = kind === 'configuration' ? 'GetFunctionConfiguration' : 'Invoke';
    calls.push(operation);
    const json = (status: number, value: unknown, headers: Record<string, string> = {}) => {
      response.writeHead(status, { 'content-type': 'application/json', ...headers });
      response.end(JSON.stringify(value ?? null));
    };
    const found = functions.get(decodeURIComponent(name));
    if (denied.has(operation)) {
      const message = `User: arn:aws:iam::123456789012:user/somebody is not authorized to perform: lambda:${operation}`;
      json(403, { Message: message }, { 'x-amzn-errortype': 'AccessDeniedException' });
    } else if (found === undefined) {
      const message = `Function not found: arn:aws:lambda:ap-southeast-1:123456789012:function:${name}`;
      json(404, { Type: 'User', Message: message }, { 'x-amzn-errortype': 'ResourceNotFoundException' });
    } else if (operation === 'GetFunctionConfiguration') {
      json(200, {
        FunctionName: name,
        State: 'Active',
        Environment: { Variables: found.variables },
        LastModified: found.lastModified,
      });
    } else if (found.run === null) {
      json(500, { Type: 'Service' }, { 'x-amzn-errortype': 'ServiceException' });
    } else {
      await found.run(JSON.parse(body)).then(
        (answer) => json(200, answer),
        (error: Error) =>
          json(
            200,
            { errorType: error.name, errorMessage: error.message, trace: ['at somewhere'] },
            { 'x-amz-function-error': 'Unhandled' },
          ),
      );
    }
  });
  return { endpoint: await listen(server), functions, denied, calls, close: () => stop(server) };
}
