import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fetchPackage } from './npm-package.ts';

/** AWS's own DynamoDB Local (Java 17), from this npm package. It is fetched, verified and run, never committed. */
const PACKAGE = {
  name: 'amplify-dynamodb-simulator@2.9.30',
  integrity:
    'sha512-xTeeRLvzEfqyd5lh3bH4c0kHvSHHmmhD5ZDsHFKAQ5g2Zl6JqlFdutaQhCLHzxEp6Ry1o7TB6niIoXuQAnSewQ==',
};

/** Starts an empty DynamoDB Local on a free local port. */
export async function startDynamoDbLocal(): Promise<{ readonly endpoint: string; stop(): Promise<void> }> {
  const emulator = join(fetchPackage(PACKAGE), 'emulator');
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
    // Any answer will do: only a running server rejects a bare GET.
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
