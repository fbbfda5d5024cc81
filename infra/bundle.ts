import { fileURLToPath } from 'node:url';
import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/**
 * Bundles a handler into one file, byte for byte the same on every machine. Sizes of the minified collector when each
 * step was made: 607 KB as CommonJS, 400 KB from the packages' own ES modules, 264 KB with credentials from the
 * environment only, 244 KB without event streams; later 8.5 KB less without endpoint discovery, 4.4 KB without the clients'
 * package.json, 2.3 KB without the store of concurrent events.
 */
export function bundled(handler: string) {
  const root = fileURLToPath(new URL('..', import.meta.url));
  return {
    entry: `${root}${handler}`,
    projectRoot: root,
    depsLockFilePath: `${root}package-lock.json`,
    bundling: {
      minify: true,
      // Not the runtime's 24: tests and users also run the file on older versions of Node.
      target: 'node20',
      format: OutputFormat.ESM,
      mainFields: ['module', 'main'],
      // Of JSON only the clients' package.json would be in it, 4.4 KB, for the version in their User-Agent.
      loader: { '.json': 'empty' },
      // Lambda's own SDK has no fixed version, so bundle ours, except what it imports only for operations that stream
      // events; DynamoDB and Secrets Manager have none.
      externalModules: ['@smithy/core/event-streams'],
      // Turn the SDK's dynamic imports into require: importing `node:http`, as for an endpoint without TLS, also loads
      // the platform's fetch, which nothing here uses (25 ms of a start).
      banner: `import{createRequire}from"node:module";const require=createRequire(import.meta.url);`,
      esbuildArgs: {
        '--supported:dynamic-import': 'false',
        '--alias': [
          '@aws-sdk/credential-provider-node=./lambda/handlers/environment-credentials.ts',
          '@aws-sdk/middleware-endpoint-discovery=./lambda/handlers/no-endpoint-discovery.ts',
          '@aws/lambda-invoke-store=./lambda/handlers/no-invoke-store.ts',
        ],
      },
    },
  };
}
