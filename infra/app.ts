import { Annotations, App } from 'aws-cdk-lib';
import { CodedError } from '../lambda/core/error.ts';
import { parseConfig, refuseCopyAtHome, warningsAbout } from './config.ts';
import { SnapshotStack } from './stack.ts';

const app = new App();
try {
  const config = parseConfig(app.node.getAllContext());
  // The CDK command line sets it to the AWS region of the deploy.
  refuseCopyAtHome(config, process.env['CDK_DEFAULT_REGION']);
  const stack = new SnapshotStack(app, config);
  for (const { id, text } of warningsAbout(config)) Annotations.of(stack).addWarningV2(id, text);
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
