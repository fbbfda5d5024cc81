import { type Certificate, CertificateChainValidationEngine } from 'pkijs';

/** More certificates than any authority has between itself and a root. */
const MOST_LINKS = 8;

/**
 * Whether a certificate leads to a trusted one, at a time, over other certificates that came with it. These may come from anybody, so
 * only one path through them is looked at: pkijs would follow certificates that issue each other for ever.
 */
export async function leadsTo(
  trusted: readonly Certificate[],
  signer: Certificate,
  others: readonly Certificate[],
  at: Date,
): Promise<boolean> {
  const engine = new CertificateChainValidationEngine({
    trustedCerts: [...trusted],
    // pkijs takes the last one for the one to judge.
    certs: pathFrom(signer, others).reverse(),
    checkDate: at,
  });
  return (await engine.verify()).result;
}

/** The certificate, who issued it, who issued that, and so on, without the one that would lead back. */
function pathFrom(signer: Certificate, others: readonly Certificate[]): Certificate[] {
  const path = [signer];
  for (;;) {
    const last = path.at(-1) ?? signer;
    if (last.issuer.isEqual(last.subject)) return path;
    if (path.some(({ subject }) => subject.isEqual(last.issuer)) || path.length > MOST_LINKS)
      return path.slice(0, -1);
    const issuer = others.find(({ subject }) => subject.isEqual(last.issuer));
    if (issuer === undefined) return path;
    path.push(issuer);
  }
}
