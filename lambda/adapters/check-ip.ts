import { isIP } from 'node:net';
import { SECOND } from '../core/instant.ts';
import { type Fetch, readBody } from './fetch.ts';
import { withTimeOut } from './time-out.ts';

/** Where AWS tells a caller the address it comes from, as text and a line feed. */
export const CHECK_IP = 'https://checkip.amazonaws.com';

/** Connecting and reading included: the address is good to know, and no more. */
const TIMEOUT = 2 * SECOND;
/** The longest IPv6 address has 45 characters. */
const MAX_BODY_BYTES = 64;

/** The address that others see us come from, IPv4 or IPv6; undefined where nobody says. Never throws. */
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
