import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { examine } from './doctor/examine.ts';
import { run } from './run.ts';
import { openTarget } from './target.ts';

// Seven lines of warning on Node 20 are not what the user asked for. Read before a client is made.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const root = fileURLToPath(new URL('..', import.meta.url));

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Whoever reads has seen enough, as in `balances slots | head`.
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
  examine: (patient) => examine(patient, process.env, root, Date.now()),
  columns: process.stdout.columns,
});
