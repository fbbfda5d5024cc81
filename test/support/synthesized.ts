import { App } from 'aws-cdk-lib';
import { parseConfig } from '../../infra/config.ts';
import { SnapshotStack } from '../../infra/stack.ts';
import { objectOf } from './checkout.ts';

type Json = Readonly<Record<string, unknown>>;

/** One resource of a template. */
export interface Resource {
  readonly id: string;
  readonly type: string;
  readonly properties: Json;
  /** The whole resource, including its deletion policies. */
  readonly whole: Json;
}

/** A synthesized template, with lookups. */
export class Synthesized {
  readonly text: string;
  readonly resources: readonly Resource[];
  readonly outputs: Json;
  readonly parameters: Json;

  constructor(template: unknown) {
    const { Resources, Outputs, Parameters } = objectOf(template);
    this.text = JSON.stringify(template);
    this.outputs = objectOf(Outputs);
    this.parameters = objectOf(Parameters ?? {});
    this.resources = Object.entries(objectOf(Resources)).map(([id, value]) => {
      const whole = objectOf(value);
      return { id, type: String(whole['Type']), properties: objectOf(whole['Properties'] ?? {}), whole };
    });
  }

  /** The resources of a type. */
  all(type: string): readonly Resource[] {
    return this.resources.filter((resource) => resource.type === type);
  }

  /** The only resource of a type. Throws unless there is exactly one. */
  the(type: string): Resource {
    const [resource, ...others] = this.all(type);
    if (resource === undefined || others.length > 0) throw new Error(`not exactly one ${type}`);
    return resource;
  }

  /** The only resource of a type in a construct of the stack, such as `Collector`. Throws unless there is exactly one. */
  part(construct: string, type: string): Resource {
    const [resource, ...others] = this.all(type).filter(({ id }) => id.startsWith(construct));
    if (resource === undefined || others.length > 0)
      throw new Error(`not exactly one ${type} in ${construct}`);
    return resource;
  }

  /** The resource that a `Ref` or an `Fn::GetAtt` of its Arn refers to. Throws for anything else. */
  target(reference: unknown): Resource {
    const { Ref: ref, 'Fn::GetAtt': attribute } = objectOf(reference);
    const [id, name] = Array.isArray(attribute) ? attribute : [ref, 'Arn'];
    const resource = this.resources.find((candidate) => candidate.id === id);
    if (resource === undefined || name !== 'Arn')
      throw new Error(`${JSON.stringify(reference)} is not a reference to a resource`);
    return resource;
  }
}

/**
 * A text of a template with its references filled in as after a deploy, each as long as it can be: the AWS region, and what
 * CloudFormation names after the stack.
 */
export function deployedText(value: unknown, stackName = 'mine'): string {
  if (typeof value === 'string') return value;
  const { 'Fn::Join': join, Ref: ref } = objectOf(value);
  if (Array.isArray(join)) {
    const [between, parts] = join as [string, unknown[]];
    return parts.map((part) => deployedText(part, stackName)).join(between);
  }
  if (ref === 'AWS::Region') return 'ap-southeast-1';
  if (typeof ref === 'string') return `${stackName}-${ref}-A1B2C3D4E5F6`;
  throw new Error(`${JSON.stringify(value)} is no text`);
}

/** The stack of each context, synthesized without its bundle. */
export function synthesize<Contexts extends readonly Json[]>(
  ...contexts: Contexts
): { [Index in keyof Contexts]: Synthesized } {
  const app = new App({ context: { 'aws:cdk:bundling-stacks': [] } });
  const stacks = contexts.map(
    (context, index) => new SnapshotStack(app, parseConfig({ stackName: `stack-${index}`, ...context })),
  );
  const assembly = app.synth();
  return stacks.map((stack) => new Synthesized(assembly.getStackArtifact(stack.artifactId).template)) as {
    [Index in keyof Contexts]: Synthesized;
  };
}
