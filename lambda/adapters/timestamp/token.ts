import { fromBER, GeneralizedTime, Sequence } from 'asn1js';
import {
  Certificate,
  ContentInfo,
  ExtKeyUsage,
  id_ContentType_SignedData,
  id_ExtKeyUsage,
  id_eContentType_TSTInfo,
  SignedData,
  SignedDataVerifyError,
  TSTInfo,
} from 'pkijs';
import { formatSecond, type Instant } from '../../core/instant.ts';
import type { Parsed } from '../../core/parsed.ts';
import type { ReadTimestamp, Timestamp } from '../../core/seal.ts';
import { sha256 } from '../sha256.ts';
import { leadsTo } from './chain.ts';
import { namesCertificate } from './signed-certificate.ts';

/** SHA-256, as algorithms are named in certificates: NIST's nistAlgorithms 2.1. */
export const SHA_256 = '2.16.840.1.101.3.4.2.1';
/** What a certificate of a time-stamp authority must be for: RFC 3161, section 2.3. */
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const CONTENT_TYPE = '1.2.840.113549.1.9.3';

/** What is signed, beside when and by whom. */
interface Contents extends Timestamp {
  /** As in the request; undefined without one. */
  readonly nonce: bigint | undefined;
}

/**
 * Reads time-stamp tokens (RFC 3161) in DER.
 *
 * @param trusted certificates in DER that must vouch for the authority's. Without any, a token is checked only against
 * the certificate that is in it: whoever signed it, it has not been changed since.
 */
export function tokenReader(trusted: readonly Uint8Array[] = []): ReadTimestamp {
  return async (token, text, earliest) => await readToken(token, text, earliest, trusted);
}

/** The same, with the nonce. */
export async function readToken(
  token: Uint8Array,
  text: string,
  earliest: Instant,
  trusted: readonly Uint8Array[] = [],
): Promise<Parsed<Contents>> {
  try {
    return await read(token, new TextEncoder().encode(text), earliest, trusted);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return error instanceof SignedDataVerifyError
      ? { problem: `has no valid signature: ${why}` }
      : { problem: `is not a time-stamp token: ${why}` };
  }
}

async function read(
  token: Uint8Array,
  text: Uint8Array<ArrayBuffer>,
  earliest: Instant,
  trusted: readonly Uint8Array[],
): Promise<Parsed<Contents>> {
  const { contentType, content } = ContentInfo.fromBER(new Uint8Array(token));
  if (contentType !== id_ContentType_SignedData)
    return { problem: 'is not a time-stamp token: it is not signed' };
  const signed = new SignedData({ schema: content });
  const { eContentType, eContent } = signed.encapContentInfo;
  const [signer, ...others] = signed.signerInfos;
  if (eContentType !== id_eContentType_TSTInfo || eContent === undefined)
    return { problem: 'is not a time-stamp token: what is signed is not a time' };
  // RFC 3161, section 2.4.2: no signature but that of the authority.
  if (signer === undefined || others.length > 0)
    return { problem: 'is not a time-stamp token: it does not have exactly one signer' };
  const type = signer.signedAttrs?.attributes.find((attribute) => attribute.type === CONTENT_TYPE);
  if (type?.values[0]?.valueBlock.toString() !== id_eContentType_TSTInfo)
    return { problem: 'is not a time-stamp token: its signature is not over a time' };
  const { messageImprint, genTime, nonce } = TSTInfo.fromBER(eContent.getValue());
  const { hashAlgorithm, hashedMessage } = messageImprint;
  const hash = Buffer.from(hashedMessage.valueBlock.valueHexView).toString('hex');
  if (hashAlgorithm.algorithmId !== SHA_256 || hash !== sha256(text))
    return { problem: 'is for another text' };
  const { signatureVerified, signerCertificate: certificate } = await signed.verify({
    signer: 0,
    data: text.buffer,
    extendedMode: true,
  });
  if (signatureVerified !== true || !certificate || !namesCertificate(signer, certificate))
    return { problem: 'has no valid signature: it was not made with the certificate in it' };
  const problem =
    problemOfAuthority(certificate, genTime) ?? problemOfTime(genTime, eContent.getValue(), earliest);
  if (problem !== undefined) return { problem };
  const authority = nameOf(certificate);
  const roots = trusted.map((one) => Certificate.fromBER(new Uint8Array(one)));
  const given = (signed.certificates ?? []).filter((one) => one instanceof Certificate);
  if (roots.length > 0 && !(await leadsTo(roots, certificate, given, genTime)))
    return { problem: `is by ${authority}, which no given certificate vouches for` };
  return { value: { at: genTime.getTime(), authority, nonce: nonce?.toBigInt() } };
}

function problemOfAuthority(certificate: Certificate, at: Date): string | undefined {
  if (!isForTimeStamping(certificate))
    return 'is not signed by an authority: its certificate is not for time-stamping';
  return at < certificate.notBefore.value || at > certificate.notAfter.value
    ? 'was signed when its certificate was not valid'
    : undefined;
}

/** UTC, as RFC 3161, section 2.4.2 demands: with an offset, it could be read as another time. */
const UTC = /^\d{14}(?:\.\d+)?Z$/;

function problemOfTime(at: Date, content: ArrayBuffer, earliest: Instant): string | undefined {
  const { result } = fromBER(content);
  const parts: readonly unknown[] = result instanceof Sequence ? result.valueBlock.value : [];
  const time = parts.find((part) => part instanceof GeneralizedTime);
  const text = Buffer.from(time?.valueBlock.valueHexView ?? []).toString('latin1');
  if (!UTC.test(text)) return `has the time ${JSON.stringify(text)}, which is not UTC`;
  return at.getTime() < earliest
    ? `was signed at ${formatSecond(at.getTime())}, before the day ended`
    : undefined;
}

/** RFC 3161, section 2.3: the only purpose, in a critical extension. */
function isForTimeStamping({ extensions = [] }: Certificate): boolean {
  const purpose = extensions.find(({ extnID }) => extnID === id_ExtKeyUsage);
  const value: unknown = purpose?.parsedValue;
  return (
    purpose?.critical === true &&
    value instanceof ExtKeyUsage &&
    value.keyPurposes.length === 1 &&
    value.keyPurposes[0] === TIME_STAMPING
  );
}

/** The attributes that names have mostly: RFC 4519. */
const ATTRIBUTES: Readonly<Record<string, string>> = {
  '2.5.4.3': 'CN',
  '2.5.4.6': 'C',
  '2.5.4.10': 'O',
  '2.5.4.11': 'OU',
};

/** `O=Example, CN=Example TSA`, in one line whatever is in it. */
function nameOf({ subject }: Certificate): string {
  return subject.typesAndValues
    .map(({ type, value }) => `${ATTRIBUTES[type] ?? type}=${String(value.valueBlock.value)}`)
    .join(', ')
    .replace(/\p{C}/gu, '?');
}
