import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from '../../support/authority-server.ts';

/** The key of an authority: what openssl is told to make, and the hash it signs with. */
export const KEYS = {
  RSA: ['-newkey', 'rsa:2048'],
  ECDSA: ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-384'],
} as const;

const CONFIGURATION = (folder: string, digests: string) => `
[req]
distinguished_name = name
prompt = no
[name]
CN = Test root
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[middle]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[signer]
basicConstraints = critical,CA:false
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
[authority]
serial = ${folder}/serial
signer_cert = ${folder}/signer.pem
certs = ${folder}/middle.pem
signer_key = ${folder}/signer.key
signer_digest = sha384
default_policy = 1.2.3.4.1
digests = ${digests}
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = yes
ess_cert_id_alg = sha256
`;

/** A time-stamp authority made with openssl: a root, a certificate between, and one that signs. */
export interface OpensslAuthority {
  readonly folder: string;
  /** The file of the root's certificate, in PEM. */
  readonly root: string;
  readonly answer: Answer;
  /** Its reply to a request, both DER. */
  reply(request: Uint8Array): Buffer;
  remove(): void;
}

/** @param digests the hashes it takes; a request with another is refused. */
export function makeAuthority(key: keyof typeof KEYS, digests = 'sha256'): OpensslAuthority {
  const folder = mkdtempSync(join(tmpdir(), 'authority-'));
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  writeFileSync(file('openssl.cnf'), CONFIGURATION(folder, digests));
  writeFileSync(file('serial'), '01\n');
  const config = ['-config', file('openssl.cnf')];
  openssl(
    ...['req', '-x509', '-nodes', '-days', '3650', ...KEYS[key], ...config, '-extensions', 'root'],
    ...['-keyout', file('root.key'), '-out', file('root.pem')],
  );
  for (const [name, by, subject] of [
    ['middle', 'root', '/CN=Test middle'],
    ['signer', 'middle', '/O=Example/CN=Test authority'],
  ] as const) {
    openssl(
      ...['req', '-nodes', ...KEYS[key], ...config, '-subj', subject],
      ...['-keyout', file(`${name}.key`), '-out', file(`${name}.csr`)],
    );
    openssl(
      ...['x509', '-req', '-in', file(`${name}.csr`), '-CA', file(`${by}.pem`), '-CAkey', file(`${by}.key`)],
      ...['-CAcreateserial', '-days', '3650', '-extfile', file('openssl.cnf'), '-extensions', name],
      ...['-out', file(`${name}.pem`)],
    );
  }
  const reply = (request: Uint8Array) => {
    writeFileSync(file('query.tsq'), request);
    openssl(
      ...['ts', '-reply', ...config, '-section', 'authority'],
      ...['-queryfile', file('query.tsq'), '-out', file('reply.tsr')],
    );
    return readFileSync(file('reply.tsr'));
  };
  return {
    folder,
    root: file('root.pem'),
    answer: ({ body }) => reply(body),
    reply,
    remove: () => rmSync(folder, { recursive: true }),
  };
}
