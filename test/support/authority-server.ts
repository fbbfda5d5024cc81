import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen, stop } from '../../infra/local/http-server.ts';
import { type Authority, granted } from './authority.ts';

/** A request for a token, as the server got it. */
export interface Asked {
  readonly method: string | undefined;
  readonly contentType: string | undefined;
  readonly hash: Buffer;
  readonly nonce: bigint;
  /** The request itself, DER. */
  readonly body: Buffer;
}

/** How an authority answers; undefined if the response has been dealt with. */
export type Answer = (asked: Asked, response: ServerResponse) => Uint8Array | undefined;

/** A time-stamp authority that is reached by HTTP. */
export interface AuthorityServer {
  readonly url: string;
  readonly asked: Asked[];
  /** How it answers from now on. */
  answer: Answer;
  close(): Promise<void>;
}

/** Signs what it is asked to, at a time. */
export const signing =
  (authority: Authority, now: () => number = Date.now): Answer =>
  ({ hash, nonce }) =>
    granted(authority.token('', now(), { hash, nonce }));

/** Starts one on a free port of this machine. */
export async function startAuthorityServer(first: Answer): Promise<AuthorityServer> {
  const server = createServer(async (request, response) => {
    const asked = await read(request);
    started.asked.push(asked);
    const body = started.answer(asked, response);
    if (body !== undefined) response.setHeader('content-type', 'application/timestamp-reply').end(body);
  });
  const started: AuthorityServer = {
    url: await listen(server),
    asked: [],
    answer: first,
    close: () => stop(server),
  };
  return started;
}

async function read(request: IncomingMessage): Promise<Asked> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks);
  // OCTET STRING of 32 bytes, then INTEGER of up to 9 bytes: RFC 3161, section 2.4.1.
  const [, hash = '', length = '', rest = ''] =
    /0420([0-9a-f]{64})02(0[1-9])([0-9a-f]*)$/.exec(body.toString('hex')) ?? [];
  const nonce = BigInt(`0x${rest.slice(0, Number(length) * 2) || '0'}`);
  const { method, headers } = request;
  return { method, contentType: headers['content-type'], hash: Buffer.from(hash, 'hex'), nonce, body };
}
