import { createHash, generateKeyPairSync, type KeyObject, sign, X509Certificate } from 'node:crypto';
import type { Instant } from '../../lambda/core/instant.ts';
import {
  bits,
  flag,
  generalizedTime,
  inContext,
  integer,
  nothing,
  octets,
  oid,
  sequence,
  set,
  text,
  time,
} from './der.ts';

const SHA_256 = oid('2.16.840.1.101.3.4.2.1');
const ECDSA_WITH_SHA_256 = sequence(oid('1.2.840.10045.4.3.2'));
const TST_INFO = oid('1.2.840.113549.1.9.16.1.4');
const SIGNED_DATA = oid('1.2.840.113549.1.7.2');
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8';
const YEAR = 365 * 86_400_000;

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest();
const named = (name: string, before: readonly Uint8Array[] = []) =>
  sequence(...before, set(sequence(oid('2.5.4.3'), text(name))));

/** What is other than usual about a token. */
export interface Oddities {
  readonly nonce?: bigint;
  /** What the certificate is for; time-stamping alone by default, nothing in particular if empty. */
  readonly purposes?: readonly string[];
  readonly isCritical?: boolean;
  /** What is hashed instead of the text. */
  readonly hash?: Uint8Array;
  /** What is signed instead of a time. */
  readonly contentType?: Uint8Array;
  /** What the signature says was signed, if it is not what is signed. */
  readonly signedType?: Uint8Array;
  readonly hasCertificate?: boolean;
  /** The algorithm that the hash is said to be of; SHA-256 by default. */
  readonly algorithm?: Uint8Array;
  readonly signers?: number;
  /** Whether it is signed with another key than that of the certificate. */
  readonly isForged?: boolean;
  /** What the whole is said to be; signed data by default. */
  readonly kind?: Uint8Array;
  /** The time as it stands in the token, such as one with an offset. */
  readonly rawTime?: string;
  /** What the signature says about its certificate: nothing; its SHA-1, as RFC 3161 had it; or that it is another. */
  readonly certificateNamed?: 'not' | 'by SHA-1' | 'as another';
  /** Whether the certificates above that of the signer issue each other. */
  readonly isCircular?: boolean;
}

/**
 * A time-stamp authority (RFC 3161) and the root that vouches for it, written without the library that reads its tokens; openssl accepts
 * them (test/system/timestamps).
 */
export class Authority {
  readonly #root = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #signer = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  readonly #begins: Instant;
  readonly name: string;
  readonly #before: readonly Uint8Array[];

  /**
   * @param begins from when on its certificates are valid, for ten years.
   * @param before what its own name has before `CN`: the object identifiers of attributes, and their values.
   */
  constructor(begins: Instant, name = 'Test authority', before: readonly (readonly [string, string])[] = []) {
    this.#begins = begins;
    this.name = name;
    this.#before = before.map(([id, value]) => set(sequence(oid(id), text(value))));
  }

  /** The certificate of the root, in PEM. */
  get pem(): string {
    return new X509Certificate(
      this.#certificate(`${this.name} root`, this.#root.publicKey, 1n, `${this.name} root`, CA),
    ).toString();
  }

  /** A token that says that the text existed then. */
  token(of: string, at: Instant, odd: Oddities = {}): Buffer {
    const { nonce, purposes = [TIME_STAMPING], isCritical = true, contentType = TST_INFO } = odd;
    const content = sequence(
      ...[integer(1n), oid('1.2.3.4.1')],
      sequence(sequence(odd.algorithm ?? SHA_256, nothing()), octets(odd.hash ?? sha256(Buffer.from(of)))),
      ...[integer(7n), odd.rawTime === undefined ? time(at) : generalizedTime(odd.rawTime)],
      ...(nonce === undefined ? [] : [integer(nonce)]),
    );
    const issuer = odd.isCircular === true ? 'X' : `${this.name} root`;
    const certificate = this.#certificate(this.name, this.#signer.publicKey, 2n, issuer, [
      ...(purposes.length === 0 ? CA : [extension('2.5.29.37', isCritical, sequence(...purposes.map(oid)))]),
    ]);
    const attributes = [
      attribute('1.2.840.113549.1.9.3', odd.signedType ?? contentType),
      attribute('1.2.840.113549.1.9.4', octets(sha256(content))),
      ...namedBy(certificate, odd.certificateNamed),
    ];
    const circle = [
      ['X', 'Y'],
      ['Y', 'X'],
    ] as const;
    const others =
      odd.isCircular === true
        ? circle.map(([subject, by]) => this.#certificate(subject, this.#root.publicKey, 3n, by, CA))
        : [];
    const signed = set(...attributes);
    const signer = sequence(
      integer(1n),
      sequence(named(issuer), integer(2n)),
      sequence(SHA_256, nothing()),
      // The same bytes, but in the context of the structure.
      Buffer.concat([Buffer.from([0xa0]), signed.subarray(1)]),
      ECDSA_WITH_SHA_256,
      octets(sign('sha256', signed, (odd.isForged === true ? this.#root : this.#signer).privateKey)),
    );
    return sequence(
      odd.kind ?? SIGNED_DATA,
      inContext(
        0,
        sequence(
          integer(3n),
          set(sequence(SHA_256, nothing())),
          sequence(contentType, inContext(0, octets(content))),
          ...(odd.hasCertificate === false ? [] : [inContext(0, certificate, ...others)]),
          set(...new Array<Uint8Array>(odd.signers ?? 1).fill(signer)),
        ),
      ),
    );
  }

  #certificate(
    subject: string,
    key: KeyObject,
    serial: bigint,
    issuer: string,
    extensions: readonly Uint8Array[],
  ): Buffer {
    const [begins, by, before] = [this.#begins, this.#root.privateKey, this.#before];
    const more = subject === this.name ? before : [];
    return certificateOf({ ...{ subject, issuer, serial, begins, key, by, extensions }, before: more });
  }
}

/** What a certificate says, and who signs it. */
interface Certified {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: bigint;
  /** It is valid from then on, for ten years. */
  readonly begins: Instant;
  /** Of the subject. */
  readonly key: KeyObject;
  /** Of the issuer. */
  readonly by: KeyObject;
  readonly extensions: readonly Uint8Array[];
  /** What the subject's name has before `CN`. */
  readonly before?: readonly Uint8Array[];
}

/** A certificate in DER: RFC 5280, section 4.1. */
export function certificateOf(one: Certified): Buffer {
  const content = sequence(
    inContext(0, integer(2n)),
    integer(one.serial),
    ECDSA_WITH_SHA_256,
    named(one.issuer),
    sequence(time(one.begins), time(one.begins + 10 * YEAR)),
    named(one.subject, one.before),
    one.key.export({ type: 'spki', format: 'der' }),
    inContext(3, sequence(...one.extensions)),
  );
  return sequence(content, ECDSA_WITH_SHA_256, bits(sign('sha256', content, one.by)));
}

/** An answer of an authority: RFC 3161, section 2.4.2. */
export const granted = (token: Uint8Array) => sequence(sequence(integer(0n)), token);
export const refused = (why: string) => sequence(sequence(integer(2n), sequence(text(why))));

/** The extension of a certificate that may issue others. */
export const CA = [extension('2.5.29.19', true, sequence(flag(true)))];

function extension(id: string, isCritical: boolean, value: Uint8Array): Buffer {
  return sequence(oid(id), ...(isCritical ? [flag(true)] : []), octets(value));
}

/** Which certificate is meant: RFC 5816, or RFC 3161 before it. */
function namedBy(certificate: Uint8Array, how: Oddities['certificateNamed']): Buffer[] {
  if (how === 'not') return [];
  if (how === 'by SHA-1') {
    const hash = createHash('sha1').update(certificate).digest();
    return [attribute('1.2.840.113549.1.9.16.2.12', sequence(sequence(sequence(octets(hash)))))];
  }
  const hash = sha256(how === 'as another' ? Buffer.from('another') : certificate);
  return [attribute('1.2.840.113549.1.9.16.2.47', sequence(sequence(sequence(octets(hash)))))];
}

function attribute(id: string, value: Uint8Array): Buffer {
  return sequence(oid(id), set(value));
}
