import { fileURLToPath } from 'node:url';
import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/**
 * How a handler becomes one file, byte for byte the same on every machine. Measured for the collector, minified, as it
 * was then: 607 KB as CommonJS, 400 KB from the packages' own ES modules, 264 KB with the credentials from the
 * environment alone, 244 KB without event streams; later 8.5 KB less without endpoint discovery.
 */
export function bundled(handler: string) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return {
    entry: `${root}${handler}`,
    projectRoot: root,
    depsLockFilePath: `${root}package-lock.json`,
    bundling: {
      minify: true,
      // Not the runtime's 24: the file also runs where tests and people have an older Node.
      target: 'node20',
      format: OutputFormat.ESM,
      mainFields: ['module', 'main'],
      // Lambda's own SDK is whatever version it is that day: ours goes along, but for what it imports only when an
      // operation streams events, as none of DynamoDB's or Secrets Manager's does.
      externalModules: ['@smithy/core/event-streams'],
      // What the SDK imports only when it is needed is required instead: importing `node:http`, as for an endpoint
      // without TLS, also loads the platform's fetch, which nothing here uses (25 ms of a start).
      banner: `import{createRequire}from"node:module";const require=createRequire(import.meta.url);`,
      esbuildArgs: {
        '--supported:dynamic-import': 'false',
        '--alias': [
          '@aws-sdk/credential-provider-node=./lambda/handlers/environment-credentials.ts',
          '@aws-sdk/middleware-endpoint-discovery=./lambda/handlers/no-endpoint-discovery.ts',
        ],
      },
    },
  };
}
