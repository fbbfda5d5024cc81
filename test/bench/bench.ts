import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { isObject } from '../../lambda/core/parsed.ts';
import { startDynamoDbLocal } from '../support/dynamodb-local.ts';
import { createTables } from '../system/contract/tables.ts';
import { measureCapacity } from './capacity.ts';
import { measureColdStart } from './cold-start.ts';
import { measureCommands } from './commands.ts';
import { type Figure, isReached, regression } from './figure.ts';
import { findCandidates } from './handler-process.ts';
import { measureMemory } from './memory.ts';
import { measurePeerRequests } from './peer-requests.ts';
import { measureReads } from './reads.ts';
import { measureReport } from './report.ts';
import { measureRequests } from './requests.ts';
import { measureSeals } from './seals.ts';
import { measureStartup } from './startup.ts';
import { measureThroughput } from './throughput.ts';
import { measureWrites } from './writes.ts';

// npm run bench                measures everything and prints it
// npm run bench -- --check     … and compares with the committed figures
// npm run bench -- --write     … and updates figures.json and the tables of docs/performance.md

process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true';
const { check, write } = parseArgs({
  options: { check: { type: 'boolean' }, write: { type: 'boolean' } },
}).values;
const COMMITTED = new URL('figures.json', import.meta.url);
const PAGE = new URL('../../docs/performance.md', import.meta.url);

const figures: Figure[] = [];
const measured = async (title: string, measure: () => Figure[] | Promise<Figure[]>) => {
  process.stderr.write(`${title} …\n`);
  figures.push(...(await measure()));
};

const candidates = findCandidates();
const dynamoDb = await startDynamoDbLocal();
let writeTable: string[] = [];
let capacityTable: string[] = [];
try {
  await createTables(dynamoDb.endpoint);
  figures.push({
    id: 'bundle',
    what: 'the bundle',
    value: statSync(candidates.deployed.file).size,
    unit: 'bytes',
    kind: 'exact',
    goal: { most: 230_000 },
  });
  await measured('start-up', () => measureStartup(candidates));
  await measured('cold start', () => measureColdStart());
  await measured('writes', async () => {
    const { figures: found, table } = await measureWrites(dynamoDb.endpoint);
    writeTable = table;
    return found;
  });
  await measured('requests', () => measureRequests(candidates.deployed));
  await measured('capacity', async () => {
    const { figures: found, table } = await measureCapacity();
    capacityTable = table;
    return found;
  });
  await measured('peers’ requests', () => measurePeerRequests(candidates));
  await measured('throughput', () => measureThroughput(candidates));
  await measured('memory', () => measureMemory(candidates));
  await measured('reads', () => measureReads(dynamoDb.endpoint));
  await measured('seals', () => measureSeals());
  await measured('report', () => measureReport());
  await measured('commands', () => measureCommands());
} finally {
  candidates.deployed.remove();
  await dynamoDb.stop();
}

const tables = [
  '| measure | measured | goal | |',
  '|---|---|---|---|',
  ...figures.map(({ what, value, unit, goal, note = '' }) => {
    const wanted = goal === undefined ? '' : 'most' in goal ? `≤ ${goal.most}` : `≥ ${goal.least}`;
    const missed = goal === undefined || isReached(goal, value) ? '' : ', missed';
    return `| ${what} | ${value.toLocaleString('en')} ${unit} | ${wanted}${missed} | ${note} |`;
  }),
  '',
  ...writeTable,
  '',
  ...capacityTable,
  '',
  `Measured on ${process.platform}, ${cpus().length} × ${cpus()[0]?.model ?? 'a processor'}; commands on Node ${process.version}, the function on Node 24.`,
].join('\n');
process.stdout.write(`${tables}\n`);

if (write) {
  const compared = figures.filter(({ kind }) => kind !== 'shown').map(({ id, value }) => [id, value]);
  writeFileSync(COMMITTED, `${JSON.stringify(Object.fromEntries(compared), null, 2)}\n`);
  const [before, after] = readFileSync(PAGE, 'utf8').split(/(?<=<!-- measured -->\n).*(?=<!-- end -->)/s);
  writeFileSync(PAGE, `${before}${tables}\n${after}`);
}
if (check) {
  const committed: unknown = JSON.parse(readFileSync(COMMITTED, 'utf8'));
  const worse = figures.flatMap((figure) => {
    const before = isObject(committed) ? committed[figure.id] : undefined;
    return regression(figure, typeof before === 'number' ? before : undefined) ?? [];
  });
  for (const sentence of worse) process.stderr.write(`${sentence}\n`);
  if (worse.length > 0) process.exitCode = 1;
}
