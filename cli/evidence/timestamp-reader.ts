import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { CodedError } from '../../lambda/core/error.ts';
import type { ReadTimestamp } from '../../lambda/core/seal.ts';

/**
 * Reads time-stamp tokens.
 *
 * @param file certificates to trust, in PEM; any authority is accepted if undefined.
 * @throws CodedError `file.invalid` if the file cannot be read, or has no certificate.
 */
export function timestampReader(file?: string): ReadTimestamp {
  const trusted = file === undefined ? [] : readCertificates(file);
  // Loaded for the first token: most ledgers have none, and it takes longer than starting the command.
  return async (token, text, earliest) => {
    const { tokenReader } = await import('../../lambda/adapters/timestamp/token.ts');
    return await tokenReader(trusted)(token, text, earliest);
  };
}

function readCertificates(file: string): Uint8Array[] {
  try {
    const blocks = readFileSync(file, 'utf8').match(
      /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g,
    );
    if (blocks !== null) return blocks.map((block) => new X509Certificate(block).raw);
  } catch (cause) {
    throw new CodedError('file.invalid', `${file} cannot be read as certificates in PEM`, { cause });
  }
  throw new CodedError(
    'file.invalid',
    `${file} has no certificate in PEM, which begins with -----BEGIN CERTIFICATE-----`,
  );
}
