import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { EMPTY_CATALOG } from '../../../lambda/core/catalog.ts';
import { memoryLedger } from '../../support/memory-ledger.ts';
import { typed } from '../../support/typed.ts';

const scriptFor = async (shell: string) => {
  const { exitCode, stdout, opened } = await typed(`completion ${shell}`, memoryLedger(EMPTY_CATALOG, []), {
    now: 0,
  });
  expect([exitCode, opened]).toEqual([0, []]);
  return stdout;
};

/** What bash would offer for the last word. */
async function offered(...words: readonly string[]): Promise<string[]> {
  const typedSoFar = ['balances', ...words].map((word) => `'${word}'`).join(' ');
  const script = `${await scriptFor('bash')}
COMP_WORDS=(${typedSoFar}); COMP_CWORD=${words.length}; _balances; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return execFileSync('bash', ['-c', script], { encoding: 'utf8' }).split('\n').filter(Boolean);
}

describe('balances completion', () => {
  it('lets bash complete commands, options and their choices', async () => {
    expect(await offered('wo')).toEqual(['worth']);
    expect(await offered('history', '--ev')).toEqual(['--every']);
    expect(await offered('history', '--every', '1')).toContain('1mo');
    expect(await offered('history', '--local')).toEqual(['--local', '--local-times']);
    expect(await offered('export', '--format', 'h')).toEqual(['hledger']);
    expect(await offered('accounts', 'cl')).toEqual(['close']);
    expect(await offered('completion', '')).toEqual(expect.arrayContaining(['bash', 'zsh', 'fish']));
    expect(await offered('latest', '--out', 'pack')).toEqual(['package-lock.json', 'package.json']);
    expect(await offered('latest', '--account', '')).toEqual([]);
  });

  it('is the same for zsh, through its own bash completion, and made for fish', async () => {
    expect(await scriptFor('zsh')).toBe(
      `autoload -U +X bashcompinit && bashcompinit\n${await scriptFor('bash')}`,
    );
    const fish = await scriptFor('fish');
    expect(fish).toContain(
      "complete -c balances -n __fish_use_subcommand -a worth -d 'what the balances were worth",
    );
    expect(fish).toContain(
      "complete -c balances -n '__fish_seen_subcommand_from history' -l out -s o -r -F -d 'write the data to this file'",
    );
    expect(fish).toMatch(/-l every -x -a '1m 5m .* 1w 1mo'/);
  });

  it('knows bash, zsh and fish', async () => {
    const { exitCode, stderr } = await typed('completion tcsh', memoryLedger(EMPTY_CATALOG, []), { now: 0 });
    expect([exitCode, stderr[0]]).toEqual([
      2,
      expect.stringContaining('Allowed choices are bash, zsh, fish.'),
    ]);
  });
});
