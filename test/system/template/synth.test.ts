import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ROOT, readJson } from '../../support/checkout.ts';
import { Synthesized } from '../../support/synthesized.ts';
import { cdkSynth, cdkSynthIn } from './cdk-synth.ts';

const directory = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** The bundles in a synthesized assembly: the collector's, which is the largest, and the sealer's. */
function bundlesIn(assembly: string): [collector: Buffer, sealer: Buffer] {
  const assets = readdirSync(assembly).filter((name) => /^asset\.[0-9a-f]+$/.test(name));
  const bundles = assets.map((asset) => {
    expect(readdirSync(join(assembly, asset))).toStrictEqual(['index.mjs']);
    return readFileSync(join(assembly, asset, 'index.mjs'));
  });
  const [collector, sealer, ...others] = bundles.sort((one, other) => one.length - other.length);
  if (collector === undefined || sealer === undefined || others.length > 0)
    throw new Error(`${assets.length} assets in ${assembly}, not two`);
  return [collector, sealer];
}

/** Every file of an assembly. */
function filesIn(assembly: string): string[] {
  return readdirSync(assembly, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('cdk synth', () => {
  const assembly = join(directory, 'assembly');
  const ended = cdkSynth(assembly);

  it('passes the template validator, without credentials', async () => {
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/ERROR|WARNING/);
    expect(existsSync(join(assembly, 'upbit-balance-snapshots.template.json'))).toBe(true);
    expect(readJson('cdk.json')['context']).toMatchObject({
      '@aws-cdk/core:validateAgainstDefaultRules': true,
    });
  });

  it('bundles each function into one file that needs only Node, and event streams, which it never uses', async () => {
    await ended;
    for (const bundle of bundlesIn(assembly)) {
      // Dynamic imports become .then(() => toModule(require("name"))).
      const import_ =
        /(?:(?<!:)\bfrom|\bimport\(|\bimport|\brequire\(|then\(\(\)=>[\w$]+\([\w$]+\()\s*["']([^"']+)["']/g;
      const imported = [...bundle.toString().matchAll(import_)].map(([, name = '']) =>
        name.replace(/^node:/, ''),
      );
      expect(imported).toContain('http');
      expect(imported).toContain('https');
      expect(imported.filter((name) => !builtinModules.includes(name))).toStrictEqual([
        '@smithy/core/event-streams',
      ]);
    }
  });

  it('makes the collector’s bundle smaller than 271 KB, of which 7 are for prices', async () => {
    await ended;
    const [collector] = bundlesIn(assembly);
    expect(collector.length).toBeLessThan(271_000);
  });

  it('makes the sealer’s bundle smaller than 640 KB, of which 380 are for tokens and 70 for mail, without Secrets Manager and jose', async () => {
    await ended;
    const [, sealer] = bundlesIn(assembly);
    expect(sealer.length).toBeLessThan(640_000);
    expect(sealer.toString()).not.toMatch(/secretsmanager|GetSecretValue|JWS/);
  });

  it('leaves no local path in a bundle', async () => {
    await ended;
    for (const bundle of bundlesIn(assembly))
      for (const path of [ROOT, directory, 'node_modules', 'lambda/'])
        expect(bundle.toString()).not.toContain(path);
  });

  it.each([
    ['evrey=5m', 'the configuration key "evrey" is unknown; allowed: stackName, regions, every,'],
    [
      'alarmEmail=ops',
      'the configuration key alarmEmail is "ops"; allowed: one plain e-mail address such as ops@example.com,',
    ],
  ])('rejects -c %s in one sentence', async (setting, sentence) => {
    const { code, stderr } = await cdkSynth(join(directory, setting), '--context', setting);
    expect(code).toBe(1);
    const [first, ...others] = stderr.trim().split('\n');
    expect(first).toContain(sentence);
    // The only other line is the command line's own. No stack trace.
    expect(others).toStrictEqual(['node --import tsx infra/app.ts: Subprocess exited with error 1']);
  });

  it('rejects a copy of the table in the AWS region of the deploy', async () => {
    const setting = 'replicas=ap-southeast-1';
    const output = join(directory, 'at-home');
    const { code, stderr } = await cdkSynthIn('ap-southeast-1', output, '--context', setting);
    expect([code, stderr.split('\n')[0]]).toStrictEqual([
      1,
      'the configuration key replicas is "ap-southeast-1"; allowed: AWS regions other than ap-southeast-1, where the table itself is',
    ]);
  });

  it('applies -c, makes the same bundle again, byte for byte, and writes no secret anywhere', async () => {
    await ended;
    const again = join(directory, 'again');
    const settings = [
      'every=5m',
      'timeZone=Asia/Seoul',
      'memory=512',
      'egress=nat-instance',
      'stackName=other',
      'alarmEmail=ops@example.com',
      'dashboard=true',
    ];
    const { code, stderr } = await cdkSynth(again, ...settings.flatMap((setting) => ['--context', setting]));
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/ERROR|WARNING/);
    const template = new Synthesized(JSON.parse(readFileSync(join(again, 'other.template.json'), 'utf8')));
    expect(template.part('Collector', 'AWS::Lambda::Function').properties['MemorySize']).toBe(512);
    expect(template.part('Schedule', 'AWS::Scheduler::Schedule').properties).toMatchObject({
      ScheduleExpression: 'cron(0/5 * * * ? *)',
      ScheduleExpressionTimezone: 'Asia/Seoul',
    });
    expect(template.the('AWS::SNS::Subscription').properties['Endpoint']).toBe('ops@example.com');
    expect(template.all('AWS::CloudWatch::Dashboard')).toHaveLength(1);
    expect(template.all('AWS::EC2::EIP')).toHaveLength(1);
    for (const [index, bundle] of bundlesIn(assembly).entries())
      expect(bundlesIn(again)[index]?.equals(bundle)).toBe(true);
    for (const file of filesIn(again)) {
      const text = readFileSync(file, 'utf8');
      // A value from the environment, an AWS id, or text that looks like an Upbit key: 40 letters and digits.
      expect(text, file).not.toMatch(/fake-secret|\b(?:AKIA|ASIA)[A-Z0-9]{16}\b/);
      expect(text, file).not.toMatch(/\b(?=[A-Za-z]*\d)[A-Za-z\d]{40}\b/);
    }
  });
});
