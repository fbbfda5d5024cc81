import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'aws-cdk-lib';
import { isObject } from '../lambda/core/parsed.ts';
import { parseConfig, type StackConfig } from './config.ts';
import { SnapshotStack } from './stack.ts';

/** One resource of the stack's template. */
export interface TemplateResource {
  readonly id: string;
  /** CloudFormation's type, e.g. `AWS::Lambda::Function`. */
  readonly type: string;
  /** References to other resources are `{"Ref": id}` or `{"Fn::GetAtt": [id, name]}`. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** The configuration from a CDK context, and the resources of its stack. */
export interface Synthesized {
  readonly config: StackConfig;
  readonly resources: readonly TemplateResource[];
}

/**
 * The resources that a deploy with this context would create. Needs no bundling, credentials or network, and leaves no
 * files behind.
 *
 * @throws CodedError `config.invalid`
 */
export function synthesize(context: Readonly<Record<string, unknown>>): Synthesized {
  const config = parseConfig(context);
  const outdir = mkdtempSync(join(tmpdir(), 'cdk-out-'));
  try {
    const app = new App({ outdir, context: { ...context, 'aws:cdk:bundling-stacks': [] } });
    const stack = new SnapshotStack(app, config);
    const template: unknown = app.synth().getStackArtifact(stack.artifactId).template;
    return { config, resources: resourcesOf(template) };
  } finally {
    rmSync(outdir, { recursive: true });
  }
}

function resourcesOf(template: unknown): TemplateResource[] {
  const resources = objectOf(objectOf(template)['Resources']);
  return Object.entries(resources).map(([id, resource]) => {
    const { Type: type, Properties: properties } = objectOf(resource);
    return { id, type: String(type), properties: objectOf(properties ?? {}) };
  });
}

function objectOf(value: unknown): Readonly<Record<string, unknown>> {
  if (!isObject(value)) throw new TypeError('the CDK template has an unexpected form');
  return value;
}
