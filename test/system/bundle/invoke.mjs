// Runs a synthesized bundle in this process, as Lambda would: node invoke.mjs FILE EXPORT EVENTS
// EVENTS is a JSON array of groups; the events of a group run concurrently, the groups in sequence.
// The last line of stdout is a JSON array with the outcome of each event: {"report"} or {"error": {code, message}}.
import { pathToFileURL } from 'node:url';

const [file, name, events] = process.argv.slice(2);
const { [name]: handler } = await import(pathToFileURL(file).href);
const outcomes = [];
for (const group of JSON.parse(events)) {
  outcomes.push(
    ...(await Promise.all(
      group.map((event) =>
        handler(event).then(
          (report) => ({ report }),
          ({ code, message }) => ({ error: { code, message } }),
        ),
      ),
    )),
  );
}
process.stdout.write(`${JSON.stringify(outcomes)}\n`);
