// Runs a handler in this process and reports its costs: node drive.mjs FILE EXPORT RUNS [MARK…]
// The last line of stdout is JSON: milliseconds since the process began when the module was loaded and when the first
// event was answered; the milliseconds and CPU milliseconds of each run; memory in MB after each MARK of runs.
// The event is the slot of this minute, or with DRIVE_SEAL the time up to which days are sealed; for peers that tell events apart by their content, with the number of the run.
import { pathToFileURL } from 'node:url';

const [file, name, runs, ...marks] = process.argv.slice(2);
const { [name]: handler } = await import(pathToFileURL(file).href);
const loaded = performance.now();
let first;
const milliseconds = [];
const cpu = [];
const memory = [];
for (let run = 1; run <= Number(runs); run += 1) {
  const begun = performance.now();
  const before = process.cpuUsage();
  const slot = new Date(Math.floor(Date.now() / 60_000) * 60_000).toISOString().replace('.000Z', 'Z');
  const called = process.env.DRIVE_SEAL
    ? { seal: slot }
    : process.env.DRIVE_NUMBERED
      ? { slot, run }
      : { slot };
  await handler(called, {
    awsRequestId: String(run),
    getRemainingTimeInMillis: () => 300_000,
  });
  const { user, system } = process.cpuUsage(before);
  first ??= performance.now();
  if (marks.length === 0) {
    milliseconds.push(performance.now() - begun);
    cpu.push((user + system) / 1000);
  }
  if (marks.includes(String(run))) {
    globalThis.gc?.();
    const { rss, heapUsed, external } = process.memoryUsage();
    memory.push({ runs: run, rss: rss / 2 ** 20, used: (heapUsed + external) / 2 ** 20 });
  }
}
const most = process.resourceUsage().maxRSS / 1024;
process.stdout.write(`\n${JSON.stringify({ loaded, first, milliseconds, cpu, memory, most })}\n`);
