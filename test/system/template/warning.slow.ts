import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { cdkSynth } from './cdk-synth.ts';

const directory = mkdtempSync(join(tmpdir(), 'synth-'));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

describe('cdk synth', () => {
  it('warns once of Korea’s keys and an address that changes, and succeeds', async () => {
    const { code, stderr } = await cdkSynth(join(directory, 'korea'), '--context', 'regions=sg,kr');
    expect(code, stderr).toBe(0);
    expect(stderr.match(/WARNING/g)).toHaveLength(1);
    expect(stderr).toContain('regions has kr, where every key must list the addresses it is used from');
  });
});
