import { App } from 'aws-cdk-lib';
import { AwsSolutionsChecks, ServerlessChecks } from 'cdk-nag';
import { parseConfig, type StackConfig } from '../../../infra/config.ts';
import { SnapshotStack } from '../../../infra/stack.ts';

/** The values tried for each configuration key besides its default. The stack's name distinguishes combinations. */
const OPTIONS: { readonly [Key in Exclude<keyof StackConfig, 'stackName'>]: readonly string[] } = {
  regions: ['kr'],
  every: ['5m'],
  timeZone: ['Asia/Seoul'],
  egress: ['nat-instance', 'nat-gateway'],
  alarmEmail: ['ops@example.com'],
  dashboard: ['true'],
  memory: ['2048'],
  logDays: ['3653'],
  jwtAlg: ['HS512'],
  removal: ['destroy'],
  prices: ['false'],
  seals: ['false'],
  timestampUrl: ['https://tsa.example/tsr'],
  replicas: ['prepared', 'eu-west-1,us-east-1'],
};

/** A context: each key with one of its values. */
type Choices = readonly (readonly [key: string, value: string])[];

const CHOICES: Choices = Object.entries(OPTIONS).flatMap(([key, values]) =>
  values.map((value) => [key, value] as const),
);

/** Each choice alone. */
export const ALONE: readonly Choices[] = CHOICES.map((choice) => [choice]);

/** Each two choices of different keys. */
export const PAIRS: readonly Choices[] = CHOICES.flatMap((one, index) =>
  CHOICES.slice(index + 1)
    .filter(([key]) => key !== one[0])
    .map((other) => [one, other]),
);

/**
 * Synthesizes a stack of each combination, without its bundle, and returns cdk-nag's findings, including warnings.
 *
 * @throws if CloudFormation's validator in the CDK rejects a template
 */
export function findings(combinations: readonly Choices[]): unknown[] {
  const app = new App({
    context: { 'aws:cdk:bundling-stacks': [], '@aws-cdk/core:validateAgainstDefaultRules': true },
  });
  for (const [index, choices] of combinations.entries()) {
    new SnapshotStack(
      app,
      parseConfig({ stackName: `combination-${index}`, ...Object.fromEntries(choices) }),
    );
  }
  app.synth();
  return [new AwsSolutionsChecks(app), new ServerlessChecks(app)].flatMap(
    (pack) => pack.validateScope(app).violations,
  );
}
