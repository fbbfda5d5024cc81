import { execFile, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { ROOT } from '../../support/checkout.ts';
import { fetchPackage } from '../../support/npm-package.ts';
import { fetchNode24 } from './node-24.ts';

const run = promisify(execFile);

/** AWS's own Lambda runtime client for Node: github.com/aws/aws-lambda-nodejs-runtime-interface-client */
const CLIENT = {
  name: 'aws-lambda-ric@4.0.2',
  integrity:
    'sha512-FE5Vskx7mYNnqAnWWJXUOsLp2VGgdsJsCoRLFTa8L4Yk0QVtArqR8q58yPA++QC1a73ZWJXBQ2AH31nIAv7NOQ==',
};
/** The headers for its native part. */
const NODE_ADDON_API = {
  name: 'node-addon-api@8.9.2',
  integrity:
    'sha512-VijLXbi3UACN69I0JVXJsX4tjACjNoQDgv2gTF6sx2wWEi8tkSg2eX8p5gSIFi8z2+DL3oHmY6OyKce38SDolg==',
};

/** Not in `.local`: `npm ci` empties this folder, so each CI run compiles it again. */
const CACHE = join(ROOT, 'node_modules', '.cache');
const TOOLS = ['cmake', 'make', 'g++', 'xz'];

/**
 * Compiles the runtime client for Node 24, unless it exists, and returns its main file. Its own script builds the
 * bundled libraries, curl and aws-lambda-cpp; the addon is compiled as its binding.gyp says, but without node-gyp,
 * which would need the network for Node's headers, and Python.
 *
 * @throws Error if a tool is missing, or with the compiler's output.
 */
export async function buildRuntimeClient(): Promise<string> {
  const built = join(CACHE, CLIENT.name);
  const main = join(built, 'index.mjs');
  if (existsSync(main)) return main;
  const missing = TOOLS.filter((tool) => !isOnPath(tool));
  if (missing.length > 0)
    throw new Error(
      `${CLIENT.name} cannot be compiled without ${missing.join(', ')}: apt-get install cmake make g++ xz-utils`,
    );

  mkdirSync(CACHE, { recursive: true });
  const folder = mkdtempSync(join(CACHE, 'compiling-'));
  cpSync(fetchPackage(CLIENT), folder, { recursive: true });
  await run('sh', ['scripts/preinstall.sh'], { cwd: folder, maxBuffer: 1 << 28 });
  const libraries = join(folder, 'deps', 'artifacts');
  await run('g++', [
    ...['-shared', '-fPIC', '-O2', '-std=c++20', '-pthread'],
    ...['-DNAPI_CPP_EXCEPTIONS', '-DBUILDING_NODE_EXTENSION', '-DNODE_GYP_MODULE_NAME=rapid_client'],
    `-I${join(fetchNode24(), 'include', 'node')}`,
    `-I${fetchPackage(NODE_ADDON_API)}`,
    `-I${join(libraries, 'include')}`,
    join(folder, 'src', 'native', 'rapid-client.cc'),
    join(libraries, 'lib', 'libaws-lambda-runtime.a'),
    join(libraries, 'lib', 'libcurl.a'),
    ...['-o', join(folder, 'rapid-client.node')],
  ]);
  rmSync(join(folder, 'deps'), { recursive: true });
  renameSync(folder, built);
  return main;
}

function isOnPath(tool: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${tool}`]).status === 0;
}
