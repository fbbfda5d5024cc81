import { CodedError } from '../../lambda/core/error.ts';
import type { Environment } from './deployment.ts';

/** A proxy that the environment asks for. */
export interface WebProxy {
  readonly url: URL;
  /** Where it was set: `HTTPS_PROXY`. */
  readonly variable: string;
  /** Host and port, without the password. */
  readonly label: string;
}

const FORM = /^https?:$/;

/**
 * The proxy for requests with this scheme: `HTTPS_PROXY` or `HTTP_PROXY`, else `ALL_PROXY`, in either case; the lower case
 * comes first, as with curl. Without a scheme of its own it is an HTTP proxy.
 *
 * @throws CodedError `environment.invalid` for any other kind of proxy. The value is not repeated: it may hold a password.
 */
export function proxyOf(scheme: 'http' | 'https', environment: Environment): WebProxy | undefined {
  const variable = [`${scheme}_proxy`, `${scheme}_proxy`.toUpperCase(), 'all_proxy', 'ALL_PROXY'].find(
    (name) => (environment[name] ?? '') !== '',
  );
  if (variable === undefined) return undefined;
  const text = environment[variable] ?? '';
  const full = text.includes('://') ? text : `http://${text}`;
  const url = URL.canParse(full) ? new URL(full) : undefined;
  if (url === undefined || !FORM.test(url.protocol) || url.hostname === '') {
    throw new CodedError(
      'environment.invalid',
      `the environment variable ${variable} is not an HTTP proxy such as http://proxy.example:3128; other kinds are not supported`,
    );
  }
  return { url, variable, label: url.host };
}

/**
 * True if a host must be reached directly: this machine always, and what `NO_PROXY` (either case) lists. Its entries, separated
 * by commas or spaces, are `*`, or a name that also stands for the names below it, with a port if it is for that port only.
 */
export function isDirect(host: string, port: number, environment: Environment): boolean {
  const name = bare(host);
  if (isLoopback(name)) return true;
  const listed = environment['no_proxy'] || environment['NO_PROXY'] || '';
  return listed
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => {
      if (entry === '*') return true;
      const [, withPort = entry, itsPort] = /^(\[[^\]]*\]|[^:]*):(\d+)$/.exec(entry) ?? [];
      if (itsPort !== undefined && Number(itsPort) !== port) return false;
      const suffix = bare(withPort).replace(/^\*?\./, '');
      return suffix !== '' && (name === suffix || name.endsWith(`.${suffix}`));
    });
}

/** Lower case, without the brackets of an IPv6 address and the dot at the end of a name. */
function bare(host: string): string {
  return host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/(?<=.)\.$/, '');
}

function isLoopback(name: string): boolean {
  return (
    name === 'localhost' || name.endsWith('.localhost') || name === '::1' || /^127\.\d+\.\d+\.\d+$/.test(name)
  );
}
