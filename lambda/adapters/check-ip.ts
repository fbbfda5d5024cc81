import { isIP } from 'node:net';
import { SECOND } from '../core/instant.ts';
import { type Fetch, readBody } from './fetch.ts';
import { withTimeOut } from './time-out.ts';

/** AWS's service that returns the caller's address, as text and a line feed. */
export const CHECK_IP = 'https://checkip.amazonaws.com';

/** Includes connecting and reading. Short, because the address is only nice to know. */
const TIMEOUT = 2 * SECOND;
/** The longest IPv6 address has 45 characters. */
const MAX_BODY_BYTES = 64;

/** Our public address, IPv4 or IPv6; undefined if unknown. Never throws. */
export async function findAddress(fetch: Fetch, url: string): Promise<string | undefined> {
  try {
    const body = await withTimeOut(TIMEOUT, async (signal) => {
      const reply = await fetch(url, { redirect: 'manual', signal });
      const read = await readBody(reply, MAX_BODY_BYTES);
      return reply.status === 200 ? read : undefined;
    });
    const text = new TextDecoder().decode(body).trim();
    return isIP(text) === 0 ? undefined : text;
  } catch {
    return undefined;
  }
}
