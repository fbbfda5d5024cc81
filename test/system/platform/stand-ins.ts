import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { ConditionalCheckFailedException, DynamoDBServiceException } from '@aws-sdk/client-dynamodb';
import { tickerRow } from '../../../infra/local/ticker-row.ts';
import { quotesOf } from '../../../lambda/core/prices.ts';
import { REGION_IDS, REGIONS, type Region } from '../../../lambda/core/regions.ts';
import { profileNamed } from '../../bench/profiles.ts';
import { SimulatedTable } from '../../simulation/simulated-table.ts';
import type { Certificates } from './certificates.ts';
import type { Front, Scenario } from './scenario.ts';

/** How far away Upbit is, and how far AWS, in milliseconds. */
const UPBIT = 80;
const AWS = 5;
const CURRENCIES = 30;
const MANY_CURRENCIES = 1_000;
/** For so long after its first connection a front that gives TLS alerts does so, in milliseconds. */
const ALERTING = 1_500;
/** A fatal alert: internal error. */
const INTERNAL_ERROR = Buffer.from([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50]);

export const AWS_REGION = 'ap-southeast-1';

/** The names that the function looks up, and whose calls they are. */
export const HOSTS: ReadonlyMap<string, Region | 'aws'> = new Map([
  ...Object.entries(REGIONS).map(
    ([region, { baseUrl }]) => [new URL(baseUrl).hostname, region as Region] as const,
  ),
  [`dynamodb.${AWS_REGION}.amazonaws.com`, 'aws'] as const,
  [`secretsmanager.${AWS_REGION}.amazonaws.com`, 'aws'] as const,
]);

/** Each region's front has an address of its own, so that it can misbehave alone. */
export function addressOf(name: string): string {
  return `127.0.1.${[...HOSTS.keys()].indexOf(name) + 1}`;
}

/** What stands where Upbit, DynamoDB and Secrets Manager would. */
export interface StandIns {
  readonly table: SimulatedTable;
  /** Forgets all that was stored. */
  forget(): void;
  /** What was counted since the last call of this. */
  counted(): { connections: { upbit: number; aws: number }; calls: Record<string, number> };
  /** Ends every open connection, or leaves it open and answers nothing on it any more. */
  cut(how: 'connections reset' | 'connections silently dead'): void;
}

/** Every region trades so many currencies in each of its three quotes: as many as Korea's ticker has rows. */
const TRADED = 200;

/** The compressed answer of a region's ticker. */
function tickerOf(region: Region): Buffer {
  const rows = quotesOf(region).flatMap((quote) =>
    Array.from({ length: TRADED }, (_, index) =>
      tickerRow({ market: `${quote}-C${index}`, price: '0.1234', tradedAt: Date.UTC(2026, 0, 1) }),
    ),
  );
  return gzipSync(`[${rows.join(',')}]`);
}

export async function startStandIns(scenario: Scenario, { key, cert }: Certificates): Promise<StandIns> {
  let table = new SimulatedTable(1_000);
  let calls: Record<string, number> = {};
  const open = { upbit: new Set<Socket>(), aws: new Set<Socket>() };
  const most = { upbit: 0, aws: 0 };
  const dead = new WeakSet<Socket>();
  const secret = JSON.stringify(keysOf(scenario));
  const profile = profileNamed('typical');
  const linesOf = (count: number) =>
    JSON.stringify(
      Array.from({ length: count }, (_, index) => ({ ...profile.line(index), currency: `C${index}` })),
    );
  const [balances, manyBalances] = [linesOf(CURRENCIES), linesOf(MANY_CURRENCIES)];
  const tickers = new Map<string, Buffer>(REGION_IDS.map((region) => [region, tickerOf(region)]));

  const answerAsUpbit = ({ url = '', headers: { host = '' } }: IncomingMessage, response: ServerResponse) => {
    response.setHeader('content-type', 'application/json; charset=utf-8');
    const region = HOSTS.get(host) ?? '';
    const isTicker = url.startsWith('/v1/ticker/all?');
    if (isTicker) response.setHeader('content-encoding', 'gzip');
    const held = scenario.fronts?.[region] === 'large' ? manyBalances : balances;
    response.end(isTicker ? tickers.get(region) : url === '/v1/accounts' ? held : '[]');
  };

  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    if (dead.has(request.socket)) return;
    const operation = request.headers['x-amz-target']?.toString().split('.').at(-1);
    const called = operation ?? `Upbit ${request.url}`;
    calls[called] = (calls[called] ?? 0) + 1;
    if (operation === undefined) {
      await setTimeout(UPBIT);
      answerAsUpbit(request, response);
    } else {
      await setTimeout(AWS);
      response.setHeader('content-type', 'application/x-amz-json-1.0');
      if (operation === 'GetSecretValue') response.end(JSON.stringify({ SecretString: secret }));
      else answerFrom(table, operation, body, response);
    }
  };

  for (const [name, whose] of HOSTS) {
    const group = whose === 'aws' ? 'aws' : 'upbit';
    const secure = createHttpsServer({ key, cert, keepAlive: true }, (request, response) => {
      answer(request, response).catch(() => response.destroy());
    });
    secure.keepAliveTimeout = 0;
    secure.on('secureConnection', (socket: Socket) => {
      open[group].add(socket);
      most[group] = Math.max(most[group], open[group].size);
      socket.once('close', () => open[group].delete(socket));
    });
    await listen(frontOf(scenario.fronts?.[whose] ?? 'good', secure), addressOf(name));
  }

  return {
    get table() {
      return table;
    },
    forget() {
      table = new SimulatedTable(1_000);
    },
    counted() {
      const counted = { connections: { ...most }, calls };
      calls = {};
      most.upbit = open.upbit.size;
      most.aws = open.aws.size;
      return counted;
    },
    cut(how) {
      for (const socket of [...open.upbit, ...open.aws]) {
        if (how === 'connections reset') socket.destroy();
        else dead.add(socket);
      }
    },
  };
}

/** What DynamoDB would answer. */
function answerFrom(table: SimulatedTable, operation: string, body: string, response: ServerResponse): void {
  try {
    const input = JSON.parse(body);
    if (operation === 'PutItem') table.put(input);
    response.end(JSON.stringify(operation === 'PutItem' ? {} : table.query(input)));
  } catch (error) {
    if (!(error instanceof DynamoDBServiceException)) throw error;
    const item = error instanceof ConditionalCheckFailedException ? { Item: error.Item } : {};
    const type = `com.amazonaws.dynamodb.v20120810#${error.name}`;
    response.writeHead(400).end(JSON.stringify({ __type: type, message: error.message, ...item }));
  }
}

/** What accepts the connections: the server itself, or something before it. */
function frontOf(front: Front, secure: Server): Server {
  let first: number | undefined;
  return createServer((socket) => {
    socket.on('error', () => undefined);
    first ??= performance.now();
    if (front === 'hangs') return;
    if (front === 'tls alert once' && performance.now() - first < ALERTING) {
      socket.once('data', () => socket.end(INTERNAL_ERROR));
      return;
    }
    secure.emit('connection', socket);
  });
}

async function listen(server: Server, address: string): Promise<void> {
  server.listen({ port: 443, host: address, backlog: 1_024 });
  await once(server, 'listening');
}

function keysOf({
  accounts,
}: Scenario): Record<string, Record<string, { accessKey: string; secretKey: string }>> {
  return Object.fromEntries(
    Object.entries(accounts).map(([region, count]) => [
      region,
      Object.fromEntries(
        namesOf(count).map((name) => [
          name,
          {
            accessKey: `fake-access-${region}-${name}`,
            secretKey: `fake-secret-of-${region}-${name}-01234567`,
          },
        ]),
      ),
    ]),
  );
}

/** The names of so many accounts of a region. */
export function namesOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `a${String(index).padStart(3, '0')}`);
}
