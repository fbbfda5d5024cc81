import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { balances } from '../support/command-process.ts';

/** Answers queries for the catalog with an hourly schedule since 2016, and all others with nothing. */
async function withTable<T>(use: (endpoint: string) => Promise<T>): Promise<T> {
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

describe('the command balances', () => {
  it('reads a table through AWS_ENDPOINT_URL_DYNAMODB, with nothing but data on stdout', async () => {
    await withTable(async (endpoint) => {
      const words = ['gaps', '--table', 'ledger', '--format', 'json', '--to', '2016-01-01T02:00:00Z'];
      const { exitCode, stdout, stderr } = await balances(words, { AWS_ENDPOINT_URL_DYNAMODB: endpoint });
      expect(stdout).toBe(
        '[\n  {"account":"sg/main","slot":"2016-01-01T00:00:00Z","reason":"missing"},\n' +
          '  {"account":"sg/main","slot":"2016-01-01T01:00:00Z","reason":"missing"}\n]\n',
      );
      expect(exitCode).toBe(3);
      expect(stderr).toMatch(/^sg\/main: 2 gaps: missing 2\nmissing: Nothing was recorded .*\n$/);
    });
  });

  it('ends quietly when the reader closes the pipe', async () => {
    await withTable(async (endpoint) => {
      const words = ['slots', '--table', 'ledger', '--format', 'csv'];
      const { exitCode, stdout, stderr } = await balances(
        words,
        { AWS_ENDPOINT_URL_DYNAMODB: endpoint },
        false,
      );
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout.length).toBeLessThan(1_000_000);
    });
  });

  it('prints one line, without a stack trace, if a table is unreachable', async () => {
    const nobody = { AWS_ENDPOINT_URL_DYNAMODB: 'http://127.0.0.1:1', AWS_MAX_ATTEMPTS: '1' };
    const { exitCode, stdout, stderr } = await balances(['latest', '--table', 'ledger'], nobody);
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(stderr).toMatch(/^error: the table ledger could not be used: .*\n$/);
  });

  it('answers wrong usage with exit code 2', async () => {
    const { exitCode, stdout, stderr } = await balances(['at', '2026-02-30']);
    expect({ exitCode, stdout, lines: stderr.split('\n').length }).toEqual({
      exitCode: 2,
      stdout: '',
      lines: 2,
    });
  });
});
