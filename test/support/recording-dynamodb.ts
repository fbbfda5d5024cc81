import { createServer } from 'node:http';
import { isObject } from '../../lambda/core/parsed.ts';

/** A request to DynamoDB: the table it names, and the AWS region it is signed for. */
export interface RecordedRequest {
  readonly table: unknown;
  readonly awsRegion: string | undefined;
}

export interface RecordingDynamoDb {
  readonly endpoint: string;
  readonly requests: RecordedRequest[];
  close(): Promise<void>;
}

/** A local DynamoDB that answers every query with no items, and records the requests. */
export async function startRecordingDynamoDb(): Promise<RecordingDynamoDb> {
  const requests: RecordedRequest[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const json: unknown = JSON.parse(body);
      requests.push({
        table: isObject(json) ? json['TableName'] : undefined,
        awsRegion: /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1],
      });
      response.setHeader('content-type', 'application/x-amz-json-1.0').end('{"Items":[],"Count":0}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    endpoint: `http://127.0.0.1:${port}`,
    requests,
    close: async () => {
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
