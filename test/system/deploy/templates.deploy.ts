import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { App } from 'aws-cdk-lib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { configurationTable, parseConfig } from '../../../infra/config.ts';
import { SnapshotStack } from '../../../infra/stack.ts';
import { type Choice, everyValue } from './every-value.ts';
import { installPythonTools } from './python-tools.ts';

/** Two references to a role where one would do: the CDK adds `DependsOn` wherever a construct depends on another. */
const HARMLESS = 'W3005';

describe('cfn-lint', () => {
  const folder = mkdtempSync(join(tmpdir(), 'templates-'));
  const choices = everyValue();
  let linter: string;
  beforeAll(() => {
    linter = join(installPythonTools(), 'cfn-lint');
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Its findings, as text; empty if there are none. It runs twice, each time on half of the files: it uses one processor. */
  async function lint(files: readonly string[]): Promise<string> {
    const options = ['--regions', 'ap-southeast-1', '--ignore-checks', HARMLESS];
    const command = [...options, '--non-zero-exit-code', 'none', '--template'];
    const half = Math.ceil(files.length / 2);
    const halves = [files.slice(0, half), files.slice(half)].filter(({ length }) => length > 0);
    const runs = halves.map((some) => promisify(execFile)(linter, [...command, ...some]));
    return (await Promise.all(runs))
      .map(({ stdout }) => stdout)
      .join('')
      .trim();
  }

  function template(name: string, context: Readonly<Record<string, string>>): string {
    const app = new App({ outdir: join(folder, 'out'), context: { 'aws:cdk:bundling-stacks': [] } });
    const stack = new SnapshotStack(app, parseConfig(context));
    const file = join(folder, `${name}.json`);
    writeFileSync(file, JSON.stringify(app.synth().getStackArtifact(stack.artifactId).template, null, 1));
    return file;
  }

  it('is asked about every value of every key that lists its values', () => {
    const tried = new Set(choices.map(([key]) => key));
    const keys = configurationTable().map(({ key }) => key);
    expect(keys.filter((key) => !tried.has(key))).toEqual(['stackName']);
    expect(choices.length).toBeGreaterThan(50);
  });

  it('has no finding, not even a warning, in the template of any of them', async () => {
    const name = ([key, value]: Choice) => `${key}-${value.replace(/\W/g, '-')}`;
    const files = choices.map((choice) => template(name(choice), Object.fromEntries([choice])));
    expect(await lint([template('default', {}), ...files])).toBe('');
  });

  it('finds a resource with a property that does not exist', async () => {
    const file = join(folder, 'wrong.json');
    const queue = { Type: 'AWS::SQS::Queue', Properties: { FifoQueues: true } };
    writeFileSync(file, JSON.stringify({ Resources: { queue } }));
    expect(await lint([file])).toContain('FifoQueues');
  });
});
