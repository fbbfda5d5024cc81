import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openTarget } from './ledger/target.ts';
import { run } from './program.ts';

// Suppresses the SDK's seven-line warning on Node 20. The SDK reads this when a client is created.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader closed the pipe, as in `balances slots | head`.
    if (error.code === 'EPIPE') process.exit();
    throw error;
  });
}

process.exitCode = await run(process.argv.slice(2), {
  stdout: {
    write: async (text) => {
      if (!process.stdout.write(text)) await once(process.stdout, 'drain');
    },
  },
  stderr: process.stderr,
  now: Date.now,
  openTarget: (choice) => openTarget(choice, process.env, root),
  environment: process.env,
  root,
  columns: process.stdout.columns,
});
