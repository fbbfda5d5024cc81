import { createServer, type IncomingMessage } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import { listen, stop } from '../../infra/local/http-server.ts';
import { formatSecond, SECOND } from '../../lambda/core/instant.ts';
import { isObject } from '../../lambda/core/parsed.ts';
import { profileNamed } from './profiles.ts';

// The services for a measured handler, in a separate process so that they cost the handler nothing: an Upbit as
// far away as wanted, a Secrets Manager with so many accounts, a DynamoDB that accepts every put. Nothing is stored.
// node --import tsx null-services.ts '{"accounts":400,"currencies":30,"latency":80}' prints {"url"}.

/** The settings of the stand-ins. */
export interface NullServices {
  readonly accounts: number;
  readonly currencies: number;
  /** Upbit's latency, in milliseconds. */
  readonly latency: number;
}

function parse(text = ''): NullServices {
  const json: unknown = JSON.parse(text);
  const of = (name: string) => Number(isObject(json) ? json[name] : Number.NaN);
  return { accounts: of('accounts'), currencies: of('currencies'), latency: of('latency') };
}

const { accounts, currencies, latency } = parse(process.argv[2]);
const names = Array.from({ length: accounts }, (_, index) => `a${String(index).padStart(3, '0')}`);
const profile = profileNamed('typical');
const balances = JSON.stringify(Array.from({ length: currencies }, (_, index) => profile.line(index)));
const markets = JSON.stringify([{ market: 'SGD-BTC', korean_name: '비트코인', english_name: 'Bitcoin' }]);
const secret = JSON.stringify({
  SecretString: JSON.stringify({
    sg: Object.fromEntries(
      names.map((name) => [
        name,
        {
          accessKey: `fake-access-${name}`,
          secretKey: `fake-secret-of-${name}-0123456789-0123456789-0123456789`,
        },
      ]),
    ),
  }),
});
const since = formatSecond(Math.floor(Date.now() / 60_000 - 10) * 60 * SECOND);
const catalogKey = (slot: string) => ({ account: { S: '#catalog' }, slot: { S: slot } });
const catalog = JSON.stringify({
  Items: [
    ...names.map((name) => ({ ...catalogKey(`account#sg/${name}`), since: { S: since } })),
    {
      ...catalogKey(`schedule#${since}`),
      every: { S: '1m' },
      timeZone: { S: 'UTC' },
      regions: { S: 'sg' },
    },
  ],
});

let counts: Record<string, number> = {};
const server = createServer(async (request, response) => {
  await drained(request);
  const operation = request.headers['x-amz-target']?.toString().split('.').at(-1);
  if (request.url === '/counts') {
    response.end(JSON.stringify(counts));
    counts = {};
    return;
  }
  const called = operation ?? `Upbit ${request.url}`;
  counts[called] = (counts[called] ?? 0) + 1;
  if (operation === undefined) {
    await setTimeout(latency);
    response.setHeader('content-type', 'application/json; charset=utf-8');
    response.end(request.url?.endsWith('/v1/accounts') ? balances : markets);
  } else {
    response.setHeader('content-type', 'application/x-amz-json-1.1');
    response.end(operation === 'GetSecretValue' ? secret : operation === 'Query' ? catalog : '{}');
  }
});

async function drained(request: IncomingMessage): Promise<void> {
  request.resume();
  await new Promise((resolve) => request.once('end', resolve));
}

process.stdout.write(`${JSON.stringify({ url: await listen(server) })}\n`);
process.once('SIGTERM', () => void stop(server));
