// Runs a synthesized bundle in this process, as Lambda would: node invoke.mjs FILE EXPORT EVENTS
// EVENTS is a JSON array of groups; the events of a group run at the same time, the groups one after the other.
// The last line of stdout is the JSON array of what became of each event: {"report"} or {"error": {code, message}}.
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
