// The function's process, as Lambda's runtime would be: node driver.mjs FILE EXPORT
// Each line of stdin is {"event", "clockOff", "slotAt"}; each answer is a line {"outcome"}, "@" before it.
// Its clock shows the time that the slot has plus a second, so that every run has the whole tolerance before it.
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const realNow = Date.now;
let offset = 0;
Date.now = () => realNow() + offset;

const [file, name] = process.argv.slice(2);
process.stdout.write('@{"started":true}\n');
let handler;
let spent = { user: 0, system: 0 };
for await (const line of createInterface({ input: process.stdin })) {
  const { event, now } = JSON.parse(line);
  offset = now - realNow();
  const begun = performance.now();
  handler ??= (await import(pathToFileURL(file).href))[name];
  let outcome;
  try {
    outcome = {
      report: await handler(event, { getRemainingTimeInMillis: () => 300_000 - (performance.now() - begun) }),
    };
  } catch (error) {
    outcome = { error: `${error.code ?? error.name}: ${error.message}`.slice(0, 2_000) };
  }
  const { user, system } = process.cpuUsage();
  process.stdout.write(
    `@${JSON.stringify({
      ...outcome,
      milliseconds: performance.now() - begun,
      cpuMilliseconds: (user + system - spent.user - spent.system) / 1_000,
      memory: process.resourceUsage().maxRSS / 1_024,
    })}\n`,
  );
  spent = { user, system };
}
