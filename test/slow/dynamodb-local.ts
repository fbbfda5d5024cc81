import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

/** AWS's own DynamoDB Local (Java 17), as this npm package carries it. It is fetched, checked and run, never committed. */
const PACKAGE = 'amplify-dynamodb-simulator@2.9.30';
const INTEGRITY =
  'sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==';
const HOME = join(import.meta.dirname, '..', '..', '.local', 'dynamodb-local');

/** Starts DynamoDB Local with nothing in it, on a free port of this machine. */
export async function startDynamoDbLocal(): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const emulator = join(fetchPackage(), 'emulator');
  const port = await freePort();
  const args = [
    '-Djava.library.path=./DynamoDBLocal_lib',
    '-jar',
    'DynamoDBLocal.jar',
    '-inMemory',
    '-sharedDb',
    '-disableTelemetry',
    '-port',
    String(port),
  ];
  const java = spawn('java', args, { cwd: emulator, stdio: 'ignore' });
  const endpoint = `http://127.0.0.1:${port}`;
  await untilItAnswers(endpoint, java);
  return {
    endpoint,
    async stop() {
      const ended = new Promise((resolve) => java.once('exit', resolve));
      java.kill();
      await ended;
    },
  };
}

function fetchPackage(): string {
  const unpacked = join(HOME, 'package');
  if (existsSync(unpacked)) return unpacked;
  mkdirSync(HOME, { recursive: true });
  const tarball = join(
    HOME,
    execFileSync('npm', ['pack', '--silent', PACKAGE], { cwd: HOME, encoding: 'utf8' }).trim(),
  );
  const integrity = `sha512-${createHash('sha512').update(readFileSync(tarball)).digest('base64')}`;
  if (integrity !== INTEGRITY) throw new Error(`${PACKAGE} is not what it was: ${integrity}`);
  const unpacking = join(HOME, 'unpacking');
  rmSync(unpacking, { recursive: true, force: true });
  mkdirSync(unpacking);
  execFileSync('tar', ['-xzf', tarball, '-C', unpacking]);
  renameSync(join(unpacking, 'package'), unpacked);
  rmSync(tarball);
  return unpacked;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

async function untilItAnswers(endpoint: string, java: ChildProcess): Promise<void> {
  let failure: Error | undefined;
  java.once('error', (error) => {
    failure = error;
  });
  for (let tries = 0; tries < 300; tries += 1) {
    if (failure !== undefined)
      throw new Error('DynamoDB Local needs Java 17 on the path', { cause: failure });
    if (java.exitCode !== null) throw new Error(`DynamoDB Local ended with ${java.exitCode}`);
    // Any answer will do: a bare GET is refused, by a server that is up.
    const answered = await fetch(endpoint).then(
      () => true,
      () => false,
    );
    if (answered) return;
    await setTimeout(100);
  }
  java.kill();
  throw new Error('DynamoDB Local did not answer within 30 s');
}
