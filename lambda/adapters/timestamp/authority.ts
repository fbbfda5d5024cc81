import { randomBytes } from 'node:crypto';
import { Integer, Null, OctetString } from 'asn1js';
import { AlgorithmIdentifier, MessageImprint, PKIStatus, TimeStampReq, TimeStampResp } from 'pkijs';
import type { Clock } from '../../core/clock.ts';
import { CodedError } from '../../core/error.ts';
import { formatSecond, MINUTE, SECOND } from '../../core/instant.ts';
import type { TimestampAuthority } from '../../sealer/ports.ts';
import { readBody } from '../fetch.ts';
import { sha256 } from '../sha256.ts';
import { withTimeOut } from '../time-out.ts';
import { readToken, SHA_256 } from './token.ts';

/** What a request has by default, in milliseconds. */
const PATIENCE = 5 * SECOND;

/** How far the clock of an authority may be ahead of ours. */
const CLOCK_ALLOWANCE = 5 * MINUTE;

/** A token with its certificates has 2 to 8 KB; this much still fits into the item of a seal. */
const MOST_BYTES = 64 * 1024;

/**
 * A time-stamp authority reached by HTTP: RFC 3161, section 3.4. It chooses which policy it signs under; its certificate must be in
 * the token, so that the token can always be checked.
 *
 * @param patience how long one request may take, its body included, in milliseconds.
 */
export function createAuthority(
  url: string,
  clock: Pick<Clock, 'now'>,
  patience: number = PATIENCE,
): TimestampAuthority {
  const { host } = new URL(url);
  return {
    async sign(text, earliest) {
      const nonce = BigInt(`0x${randomBytes(8).toString('hex')}`);
      const answer = await ask(url, host, requestFor(sha256(text), nonce), patience);
      const token = tokenIn(answer, host);
      const { value, problem } = await readToken(token, text, earliest);
      if (problem !== undefined) throw invalid(host, `its token ${problem}`);
      // An older answer, from a cache or by intent, would have an older time.
      if (value.nonce !== nonce) throw invalid(host, 'its token is the answer to another request');
      if (value.at > clock.now() + CLOCK_ALLOWANCE)
        throw invalid(host, `its token is of ${formatSecond(value.at)}, which is in the future`);
      return { token, timestamp: { at: value.at, authority: value.authority } };
    },
  };
}

function requestFor(hash: string, nonce: bigint): Uint8Array<ArrayBuffer> {
  const request = new TimeStampReq({
    version: 1,
    messageImprint: new MessageImprint({
      hashAlgorithm: new AlgorithmIdentifier({ algorithmId: SHA_256, algorithmParams: new Null() }),
      hashedMessage: new OctetString({ valueHex: new Uint8Array(Buffer.from(hash, 'hex')) }),
    }),
    nonce: Integer.fromBigInt(nonce),
    certReq: true,
  });
  return new Uint8Array(request.toSchema().toBER());
}

/** @throws CodedError `timestamp.unavailable`, or `timestamp.invalid` if the answer is too long. */
async function ask(
  url: string,
  host: string,
  body: Uint8Array<ArrayBuffer>,
  patience: number,
): Promise<Uint8Array> {
  try {
    return await withTimeOut(patience, async (signal) => {
      const headers = { 'content-type': 'application/timestamp-query' };
      const reply = await fetch(url, { method: 'POST', headers, body, redirect: 'manual', signal });
      const answer = await readBody(reply, MOST_BYTES);
      if (reply.status !== 200) throw unavailable(host, `it answered with HTTP status ${reply.status}`);
      if (answer === undefined) throw invalid(host, `its answer has more than ${MOST_BYTES} bytes`);
      return answer;
    });
  } catch (error) {
    if (error instanceof CodedError) throw error;
    throw unavailable(host, reasonOf(error), error);
  }
}

/** @throws CodedError `timestamp.refused` or `timestamp.invalid`. */
function tokenIn(answer: Uint8Array, host: string): Uint8Array {
  const { status, timeStampToken } = parsed(answer, host);
  if (status.status === PKIStatus.granted || status.status === PKIStatus.grantedWithMods) {
    if (timeStampToken === undefined) throw invalid(host, 'its answer has no token');
    return new Uint8Array(timeStampToken.toSchema().toBER());
  }
  const words = (status.statusStrings ?? []).map(({ valueBlock }) => valueBlock.value).join(' ');
  const what = `the time-stamp authority ${host} refused to sign: status ${status.status}`;
  throw new CodedError('timestamp.refused', words === '' ? what : `${what}, ${words}`);
}

function parsed(answer: Uint8Array, host: string): TimeStampResp {
  try {
    return TimeStampResp.fromBER(new Uint8Array(answer));
  } catch (cause) {
    throw invalid(host, 'its answer is not a time-stamp response', cause);
  }
}

/** The network's own reason: fetch says only that it failed. */
function reasonOf(error: unknown): string {
  const { cause } = error instanceof Error ? error : { cause: undefined };
  const deepest = cause instanceof Error ? cause : error;
  if (deepest instanceof Error && 'code' in deepest && typeof deepest.code === 'string') return deepest.code;
  return deepest instanceof Error ? deepest.message : String(deepest);
}

function unavailable(host: string, what: string, cause?: unknown): CodedError {
  const text = `the time-stamp authority ${host} did not answer: ${what}`;
  return new CodedError('timestamp.unavailable', text, { cause });
}

function invalid(host: string, what: string, cause?: unknown): CodedError {
  return new CodedError('timestamp.invalid', `the time-stamp authority ${host} cannot be used: ${what}`, {
    cause,
  });
}
