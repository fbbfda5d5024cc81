import { createServer } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { listen, stop } from '../../infra/local/http-server.ts';

/**
 * One endpoint for DynamoDB in several AWS regions: each request goes to the database of the region it is signed for. In a
 * region without one, the connection breaks, as it does if the region is down.
 *
 * The region is in the credential scope: docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 *
 * @param databases the endpoint of each region's database.
 */
export async function startDynamoDbRegions(
  databases: ReadonlyMap<string, string>,
): Promise<{ readonly endpoint: string; close(): Promise<void> }> {
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const [, awsRegion = ''] =
      /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '') ?? [];
    const database = databases.get(awsRegion);
    if (database === undefined) {
      request.socket.destroy();
      return;
    }
    const { host: _, 'content-length': __, connection: ___, ...headers } = request.headers;
    const answer = await fetch(database, {
      method: 'POST',
      headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
      body,
    });
    response
      .writeHead(answer.status, { 'content-type': 'application/x-amz-json-1.0' })
      .end(Buffer.from(await answer.arrayBuffer()));
  });
  return { endpoint: await listen(server), close: () => stop(server) };
}
