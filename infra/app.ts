import { Annotations, App } from 'aws-cdk-lib';
import { CodedError } from '../lambda/core/error.ts';
import { parseConfig, warningsAbout } from './config.ts';
import { SnapshotStack } from './stack.ts';

const app = new App();
try {
  const config = parseConfig(app.node.getAllContext());
  const stack = new SnapshotStack(app, config);
  for (const { id, text } of warningsAbout(config)) Annotations.of(stack).addWarningV2(id, text);
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
