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
  /** As CloudFormation calls it: `AWS::Lambda::Function`. */
  readonly type: string;
  /** References to other resources are in it as `{"Ref": id}` or `{"Fn::GetAtt": [id, name]}`. */
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A context of the CDK, and the stack it makes. */
export interface Synthesized {
  readonly config: StackConfig;
  readonly resources: readonly TemplateResource[];
}

/**
 * The resources that a deploy with this context would make, found without bundling the function, without credentials
 * and without network. Leaves no file behind.
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
  if (!isObject(value)) throw new TypeError('a template of the CDK is not what it was');
  return value;
}
