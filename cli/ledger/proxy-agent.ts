import type { ClientRequest, IncomingMessage } from 'node:http';
import { connect as connectPlain, isIP, type Socket } from 'node:net';
import { connect as connectOverTls } from 'node:tls';
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Environment } from './deployment.ts';
import { isDirect, type WebProxy } from './proxy.ts';

type ConnectOptions = Parameters<HttpsProxyAgent<string>['connect']>[1];

/**
 * Reaches each host through a tunnel (CONNECT) of the proxy, or directly where the environment says so. The proxy sees the
 * host's name, but nothing of what is sent over TLS. An error on the way names the proxy, and never its password.
 */
export class ProxyAgent extends HttpsProxyAgent<string> {
  readonly #proxy: WebProxy;
  readonly #environment: Environment;

  constructor(proxy: WebProxy, environment: Environment) {
    // As many connections as the AWS clients open by default.
    super(proxy.url.href, { keepAlive: true, maxSockets: 50 });
    this.#proxy = proxy;
    this.#environment = environment;
  }

  override async connect(request: ClientRequest, options: ConnectOptions): Promise<Socket> {
    const { host = '', port } = options;
    if (isDirect(host, Number(port), this.#environment)) return direct(options);
    const { label, variable } = this.#proxy;
    let status: number | undefined;
    const onAnswer = (answer: Pick<IncomingMessage, 'statusCode'>) => {
      status = answer.statusCode;
    };
    request.once('proxyConnect', onAnswer);
    let socket: Socket;
    try {
      socket = await super.connect(request, options);
    } catch (cause) {
      const code = cause instanceof Error && 'code' in cause ? String(cause.code) : undefined;
      const error = new Error(
        `the proxy ${label} of ${variable} could not be used: ${code ?? (cause instanceof Error ? cause.message : 'no answer')}`,
        { cause },
      );
      throw code === undefined ? error : Object.assign(error, { code });
    }
    if (status === undefined || status === 200) return socket;
    socket.destroy();
    const why = status === 407 ? `; put a user and a password into ${variable}` : '';
    throw Object.assign(
      new Error(`the proxy ${label} of ${variable} refused a connection to ${host}:${port}: ${status}${why}`),
      { code: `PROXY_REFUSED_${status}` },
    );
  }
}

function direct(options: ConnectOptions): Socket {
  const { host = '', port, secureEndpoint } = options;
  if (!secureEndpoint) return connectPlain({ host, port: Number(port) });
  const servername = isIP(host) === 0 ? host : '';
  return connectOverTls({ servername, ...options, host, port: Number(port) });
}
