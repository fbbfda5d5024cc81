import type { Agent } from 'node:http';
import type { Fetch } from '../../lambda/adapters/fetch.ts';
import type { Environment } from './deployment.ts';
import { proxyOf } from './proxy.ts';

/** Connections of an AWS client. */
interface Agents {
  readonly httpAgent?: Agent;
  readonly httpsAgent?: Agent;
}

/**
 * What an AWS client needs to use the proxies of the environment; nothing if there are none.
 *
 * @throws CodedError `environment.invalid` for a proxy that is not an HTTP proxy.
 */
export async function proxyAgents(environment: Environment): Promise<Agents> {
  const [http, https] = [proxyOf('http', environment), proxyOf('https', environment)];
  if (http === undefined && https === undefined) return {};
  const { ProxyAgent } = await import('./proxy-agent.ts');
  return {
    ...(http === undefined ? {} : { httpAgent: new ProxyAgent(http, environment) }),
    ...(https === undefined ? {} : { httpsAgent: new ProxyAgent(https, environment) }),
  };
}

/**
 * The network of a collector on this machine, through the proxy of the environment; undefined if there is none.
 *
 * @throws CodedError `environment.invalid` for a proxy that is not an HTTP proxy.
 */
export async function proxiedFetch(environment: Environment): Promise<Fetch | undefined> {
  const { httpsAgent } = await proxyAgents(environment);
  if (httpsAgent === undefined) return undefined;
  const { getThrough } = await import('../../lambda/adapters/node-get.ts');
  return getThrough(httpsAgent);
}

/** Says that requests to Upbit go through a proxy, whose address Upbit sees; undefined if there is none. */
export function proxySentence(environment: Environment): string | undefined {
  const proxy = proxyOf('https', environment);
  return (
    proxy && `Requests go through the proxy ${proxy.label} of ${proxy.variable}, whose address Upbit sees.`
  );
}
