import { createServer } from 'node:http';

/** Answers queries for the catalog with an hourly schedule since 2016, and all others with nothing. */
export async function withTable<T>(use: (endpoint: string) => Promise<T>): Promise<T> {
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const isCatalog = body.includes('#catalog');
      const key = (slot: string) => ({ account: { S: '#catalog' }, slot: { S: slot } });
      const Items = [
        { ...key('account#sg/main'), since: { S: '2016-01-01T00:00:00Z' } },
        {
          ...key('schedule#2016-01-01T00:00:00Z'),
          every: { S: '1h' },
          timeZone: { S: 'UTC' },
          regions: { S: 'sg' },
        },
      ];
      response
        .setHeader('content-type', 'application/x-amz-json-1.0')
        .end(JSON.stringify(isCatalog ? { Items, Count: 2 } : { Items: [], Count: 0 }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  try {
    return await use(`http://127.0.0.1:${port}`);
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}
