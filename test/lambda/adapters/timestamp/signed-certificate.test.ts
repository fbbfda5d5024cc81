import { createHash, X509Certificate } from 'node:crypto';
import { Null, ObjectIdentifier, OctetString, Sequence } from 'asn1js';
import { Attribute, Certificate, SignedAndUnsignedAttributes, SignerInfo } from 'pkijs';
import { describe, expect, it } from 'vitest';
import { namesCertificate } from '../../../../lambda/adapters/timestamp/signed-certificate.ts';
import { Authority } from '../../../support/authority.ts';

const DER = new X509Certificate(new Authority(0).pem).raw;
const CERTIFICATE = Certificate.fromBER(new Uint8Array(DER));
const [V1, V2] = ['1.2.840.113549.1.9.16.2.12', '1.2.840.113549.1.9.16.2.47'];
const hash = (algorithm: string) => createHash(algorithm).update(DER).digest();
const octets = (bytes: Uint8Array) => new OctetString({ valueHex: new Uint8Array(bytes) });
const algorithm = (id: string) => new Sequence({ value: [new ObjectIdentifier({ value: id }), new Null()] });

/** An attribute that names certificates, each by these parts. */
const naming = (type: string, ...certificates: (OctetString | Sequence)[][]) =>
  new Attribute({
    type,
    values: [
      new Sequence({
        value: [new Sequence({ value: certificates.map((value) => new Sequence({ value })) })],
      }),
    ],
  });
const names = (...attributes: Attribute[]) =>
  namesCertificate(
    new SignerInfo({ signedAttrs: new SignedAndUnsignedAttributes({ type: 0, attributes }) }),
    CERTIFICATE,
  );

describe('a signature names its certificate', () => {
  it('by SHA-1 in the first version, and by SHA-256 in the second', () => {
    expect(names(naming(V1, [octets(hash('sha1'))]))).toBe(true);
    expect(names(naming(V2, [octets(hash('sha256'))]))).toBe(true);
    expect(names(naming(V1, [octets(hash('sha256'))]))).toBe(false);
    expect(names(naming(V2, [octets(hash('sha1'))]))).toBe(false);
  });

  it.each([
    ['sha1', '1.3.14.3.2.26'],
    ['sha256', '2.16.840.1.101.3.4.2.1'],
    ['sha384', '2.16.840.1.101.3.4.2.2'],
    ['sha512', '2.16.840.1.101.3.4.2.3'],
  ])('by %s in the second version, if it says so', (name, id) => {
    expect(names(naming(V2, [algorithm(id), octets(hash(name))]))).toBe(true);
    expect(names(naming(V2, [algorithm(id), octets(Buffer.from(hash(name)).reverse())]))).toBe(false);
  });

  it('by the first certificate that it names; who issued it may stand behind the hash', () => {
    const issuer = algorithm('2.16.840.1.101.3.4.2.3');
    expect(names(naming(V2, [octets(hash('sha256')), issuer]))).toBe(true);
    expect(names(naming(V1, [octets(hash('sha1')), issuer]))).toBe(true);
    expect(names(naming(V2, [octets(hash('sha256'))], [octets(Buffer.alloc(32))]))).toBe(true);
    expect(names(naming(V2, [octets(Buffer.alloc(32))], [octets(hash('sha256'))]))).toBe(false);
  });

  it('in each attribute that names one', () => {
    const [good, bad] = [naming(V2, [octets(hash('sha256'))]), naming(V1, [octets(Buffer.alloc(20))])];
    expect(names(good, naming(V1, [octets(hash('sha1'))]))).toBe(true);
    expect(names(good, bad)).toBe(false);
    expect(names(bad, good)).toBe(false);
  });

  it('and does not without such an attribute, or with one that has another form or an unknown hash', () => {
    expect(names()).toBe(false);
    expect(namesCertificate(new SignerInfo(), CERTIFICATE)).toBe(false);
    expect(names(naming('1.2.840.113549.1.9.4', [octets(hash('sha256'))]))).toBe(false);
    expect(names(naming(V2, []))).toBe(false);
    expect(names(naming(V2))).toBe(false);
    expect(names(new Attribute({ type: V2, values: [octets(hash('sha256'))] }))).toBe(false);
    expect(names(new Attribute({ type: V2, values: [] }))).toBe(false);
    expect(names(naming(V2, [algorithm('1.2.3'), octets(hash('sha256'))]))).toBe(false);
  });
});
