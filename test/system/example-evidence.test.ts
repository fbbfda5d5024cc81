import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { claimsOf } from '../../cli/evidence/claims.ts';
import { examineEvidence } from '../../cli/evidence/examine.ts';
import { readEvidence } from '../../cli/evidence/read-evidence.ts';
import { ROOT } from '../support/checkout.ts';

const FOLDER = join(ROOT, 'docs/example-evidence');

describe('the evidence in docs/example-evidence', () => {
  it('is what this version would write, and whole', () => {
    expect(examineEvidence(readEvidence(FOLDER))).toEqual([]);
  });

  it('is accepted by its own script, without Node', () => {
    const root = claimsOf(readEvidence(FOLDER))('root');
    const ran = spawnSync('sh', [join(FOLDER, 'check.sh'), root], {
      env: { PATH: '/usr/bin:/bin' },
      encoding: 'utf8',
    });
    expect(ran.stdout).toContain(
      'OK: the line above is what was recorded for sg/main at 2026-11-25T09:00:00Z.',
    );
    expect(ran.status).toBe(0);
  });
});
