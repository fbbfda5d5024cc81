import { createHash } from 'node:crypto';
import { ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import type { Attribute, Certificate, SignerInfo } from 'pkijs';

const SIGNING_CERTIFICATE = '1.2.840.113549.1.9.16.2.12';
const SIGNING_CERTIFICATE_V2 = '1.2.840.113549.1.9.16.2.47';

/** The hashes that a signature may name its certificate by. The first version has SHA-1, the second SHA-256 where it names none. */
const HASHES: Readonly<Record<string, string>> = {
  '1.3.14.3.2.26': 'sha1',
  '2.16.840.1.101.3.4.2.1': 'sha256',
  '2.16.840.1.101.3.4.2.2': 'sha384',
  '2.16.840.1.101.3.4.2.3': 'sha512',
};

/**
 * Whether a signature says that it was made with this certificate, as that of an authority must: RFC 3161, section 2.4.1, and RFC
 * 5816. Without it, another certificate of the same key could be put in its place.
 */
export function namesCertificate({ signedAttrs }: SignerInfo, certificate: Certificate): boolean {
  const attributes = signedAttrs?.attributes ?? [];
  const der = new Uint8Array(certificate.toSchema().toBER());
  const hashes = attributes.flatMap((attribute) => {
    const named = firstNamed(attribute);
    return named === undefined ? [] : [named];
  });
  return (
    hashes.length > 0 &&
    hashes.every(({ algorithm, hash }) => createHash(algorithm).update(der).digest().equals(hash))
  );
}

/** The first certificate that an attribute names, which is the one that signed: `SEQUENCE { SEQUENCE OF SEQUENCE { … } }`. */
function firstNamed({ type, values }: Attribute): { algorithm: string; hash: Uint8Array } | undefined {
  if (type !== SIGNING_CERTIFICATE && type !== SIGNING_CERTIFICATE_V2) return undefined;
  const parts = partsOf(partsOf(partsOf(values[0])[0])[0]);
  // Only the second version may say which hash it is, before the hash.
  const isSaid = type === SIGNING_CERTIFICATE_V2 && parts[0] instanceof Sequence;
  const [said] = isSaid ? partsOf(parts[0]) : [];
  const algorithm = isSaid
    ? said instanceof ObjectIdentifier && HASHES[said.valueBlock.toString()]
    : type === SIGNING_CERTIFICATE
      ? 'sha1'
      : 'sha256';
  const hash = parts[isSaid ? 1 : 0];
  // What names none matches no certificate.
  return algorithm && hash instanceof OctetString
    ? { algorithm, hash: hash.valueBlock.valueHexView }
    : { algorithm: 'sha256', hash: new Uint8Array() };
}

function partsOf(value: unknown): readonly unknown[] {
  return value instanceof Sequence ? value.valueBlock.value : [];
}
