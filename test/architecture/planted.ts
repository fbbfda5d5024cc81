import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeAll } from 'vitest';
import { objectOf, ROOT } from '../support/checkout.ts';

const CONFIGURATION = [
  'biome.json',
  'package.json',
  'tsconfig.json',
  '.gitignore',
  'test/architecture/rules',
];

/** The reports for each file: a rule such as `lint/style/noNamespace`, or `plugin: <its message>`. */
type Reports = ReadonlyMap<string, readonly string[]>;

/** Plants code to see what the linter reports. */
export interface PlantedCode {
  /** Plants code in a folder, or in a file of a given name, and returns its path. Before the first test only. */
  plant(where: string, code: string): string;
  /** What the linter reported for a planted file. In tests only. */
  reported(path: string): readonly string[];
}

/**
 * A plantedCode for one test file. Before its first test the real linter, with the real configuration, runs once over
 * everything planted, because starting it takes longer than a hundred files.
 */
export function plantedCode(): PlantedCode {
  const planted = new Map<string, string>();
  let reports: Reports = new Map();
  beforeAll(async () => {
    reports = await lint(planted);
  });
  return {
    plant(where, code) {
      const path = where.endsWith('.ts') ? where : `${where}/plant-${planted.size}.ts`;
      if (planted.has(path)) throw new Error(`${path} is planted twice`);
      planted.set(path, code);
      return path;
    },
    reported: (path) => reports.get(path) ?? [],
  };
}

/** True if one of the rules in `rules/` is among the reports. */
export function isRefused(reports: readonly string[]): boolean {
  return reports.some((report) => report.startsWith('plugin: '));
}

async function lint(files: ReadonlyMap<string, string>): Promise<Reports> {
  const folder = mkdtempSync(join(tmpdir(), 'planted-'));
  try {
    for (const path of CONFIGURATION) cpSync(join(ROOT, path), join(folder, path), { recursive: true });
    for (const [path, code] of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), `${code}\n`);
    }
    return parseReports(await runLinter(folder));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function runLinter(folder: string): Promise<string> {
  const linter = join(ROOT, 'node_modules/@biomejs/biome/bin/biome');
  const args = [linter, 'lint', '--reporter=json', '--max-diagnostics=none', '.'];
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  return new Promise((resolve) => {
    // The exit code is 1 if it reports something; if it could not run, there is no JSON to read.
    execFile(process.execPath, args, options, (_error, stdout, stderr) => resolve(stdout || stderr));
  });
}

function parseReports(output: string): Reports {
  const { diagnostics } = objectOf(JSON.parse(output));
  if (!Array.isArray(diagnostics)) throw new TypeError('the linter printed no list of diagnostics');
  const reports = new Map<string, string[]>();
  for (const diagnostic of diagnostics) {
    const { category, message, location } = objectOf(diagnostic);
    const path = String(objectOf(location)['path']);
    const report = category === 'plugin' ? `plugin: ${message}` : String(category);
    reports.set(path, [...(reports.get(path) ?? []), report]);
  }
  return reports;
}
