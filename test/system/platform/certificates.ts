import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a server proves itself with, and the file of the authority that vouches for it. */
export interface Certificates {
  readonly key: Buffer;
  /** The server's own certificate and the one that it hangs from. */
  readonly cert: Buffer;
  readonly authorityFile: string;
}

/** Makes an authority and a certificate for these names, RSA of 2,048 bits as AWS's are, by openssl. */
export function makeCertificates(folder: string, names: readonly string[]): Certificates {
  const file = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => execFileSync('openssl', args, { stdio: 'pipe' });
  const rsa = ['-newkey', 'rsa:2048', '-nodes'];
  openssl(
    ...['req', '-x509', ...rsa, '-keyout', file('ca.key'), '-out', file('ca.pem')],
    ...['-days', '2', '-subj', '/CN=Authority of a test'],
  );
  openssl('req', ...rsa, '-keyout', file('key.pem'), '-out', file('csr.pem'), '-subj', '/CN=stand-ins');
  writeFileSync(file('ext'), `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}\n`);
  openssl(
    ...['x509', '-req', '-in', file('csr.pem'), '-CA', file('ca.pem'), '-CAkey', file('ca.key')],
    ...['-CAcreateserial', '-days', '2', '-extfile', file('ext'), '-out', file('cert.pem')],
  );
  return {
    key: readFileSync(file('key.pem')),
    cert: Buffer.concat([readFileSync(file('cert.pem')), readFileSync(file('ca.pem'))]),
    authorityFile: file('ca.pem'),
  };
}
