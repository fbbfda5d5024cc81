import { fileURLToPath } from 'node:url';
import { openTarget } from './ledger/target.ts';
import { run } from './program.ts';
import { openStandardStreams } from './standard-streams.ts';

// Suppresses the SDK's seven-line warning on Node 20. The SDK reads this when a client is created.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';

const root = fileURLToPath(new URL('..', import.meta.url));
const { end, ...streams } = openStandardStreams('end');

await end(
  await run(process.argv.slice(2), {
    ...streams,
    stdin: () => process.stdin,
    now: Date.now,
    openTarget: (choice) => openTarget(choice, process.env, root),
    environment: process.env,
    root,
  }),
);
