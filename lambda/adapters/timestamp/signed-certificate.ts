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
function firstNamed({
  type,
  values,
}: Attribute): { readonly algorithm: string; readonly hash: Uint8Array } | undefined {
  if (type !== SIGNING_CERTIFICATE && type !== SIGNING_CERTIFICATE_V2) return undefined;
  const parts = partsOf(partsOf(partsOf(values[0])[0])[0]);
  const hash = parts.find((part) => part instanceof OctetString);
  const [algorithm] = partsOf(parts.find((part) => part instanceof Sequence));
  const fallback = type === SIGNING_CERTIFICATE ? 'sha1' : 'sha256';
  const isNamed = type === SIGNING_CERTIFICATE_V2 && parts[0] instanceof Sequence;
  const name =
    isNamed && algorithm instanceof ObjectIdentifier ? HASHES[algorithm.valueBlock.toString()] : fallback;
  // A name that is none matches no certificate.
  return {
    algorithm: name ?? 'sha256',
    hash: name === undefined || hash === undefined ? new Uint8Array() : hash.valueBlock.valueHexView,
  };
}

function partsOf(value: unknown): readonly unknown[] {
  return value instanceof Sequence ? value.valueBlock.value : [];
}
