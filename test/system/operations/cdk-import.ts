import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { parseConfig } from '../../../infra/config.ts';
import { SnapshotStack } from '../../../infra/stack.ts';
import { ROOT } from '../../support/checkout.ts';
import type { AwsAccount } from './cloudformation-stand-in.ts';

type Context = Readonly<Record<string, string>>;

/** The name of the stack that is imported into. */
const STACK = 'again';

/** The template of the stack with these settings. */
export function templateWith(context: Context): string {
  return readFileSync(join(synthesize(context), `${STACK}.template.json`), 'utf8');
}

/**
 * Runs `cdk import` with this mapping, without a terminal.
 *
 * @throws Error with what it wrote to stderr, if it fails.
 */
export async function cdkImport(
  aws: AwsAccount,
  context: Context,
  mapping: Readonly<Record<string, object>>,
  ...options: string[]
): Promise<void> {
  const app = synthesize(context);
  await promisify(execFile)(
    process.execPath,
    [
      ...['node_modules/aws-cdk/bin/cdk', 'import', '--app', app, '--no-execute'],
      ...['--resource-mapping-inline', JSON.stringify(mapping)],
      ...options,
    ],
    {
      cwd: ROOT,
      env: {
        PATH: process.env['PATH'],
        HOME: app,
        AWS_ENDPOINT_URL: aws.endpoint,
        AWS_ACCESS_KEY_ID: 'fake',
        AWS_SECRET_ACCESS_KEY: 'fake',
        AWS_REGION: 'ap-southeast-1',
      },
    },
  );
}

/** Returns the folder of the synthesized stack, without its code. The test run removes it. */
function synthesize(context: Context): string {
  const outdir = mkdtempSync(join(tmpdir(), 'import-'));
  const app = new App({ outdir, context: { 'aws:cdk:bundling-stacks': [] } });
  new SnapshotStack(app, parseConfig({ stackName: STACK, ...context }));
  app.synth();
  return outdir;
}
