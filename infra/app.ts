import { App } from 'aws-cdk-lib';
import { CodedError } from '../lambda/core/error.ts';
import { parseConfig } from './config.ts';
import { SnapshotStack } from './stack.ts';

const app = new App();
try {
  new SnapshotStack(app, parseConfig(app.node.getAllContext()));
} catch (error) {
  if (!(error instanceof CodedError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
