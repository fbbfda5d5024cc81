import { shareOf } from '../system/platform/cgroup.ts';
import { createRig } from '../system/platform/rig.ts';
import type { RunResult } from '../system/platform/scenario.ts';
import { type Figure, median, round } from './figure.ts';

/** In MB: the default, and twice and four times as much. */
const MEMORIES = [256, 512, 1_024];
const SHAPES = [
  { name: '3', accounts: { sg: 3 } },
  { name: '30', accounts: { sg: 30 } },
  { name: '60 in three regions', accounts: { sg: 20, id: 20, th: 20 } },
  { name: '400 in four regions', accounts: { sg: 100, id: 100, th: 100, kr: 100 } },
] as const;
/** Each kind of run so many times in a row. */
const ROUNDS = 3;
const KINDS = [
  { name: 'first run', run: { cold: true, emptyTable: true } },
  { name: 'cold', run: { cold: true } },
  { name: 'warm', run: {} },
] as const;

/**
 * How long a run takes on the processor share of each memory, over TLS, with Upbit 80 ms and DynamoDB 5 ms away; and how many
 * accounts, of all these runs, were not recorded at the first attempt at the event.
 */
export async function measureCapacity(): Promise<{ figures: Figure[]; table: string[] }> {
  const rig = createRig();
  const rows: string[] = [];
  const figures: Figure[] = [];
  let unrecorded = 0;
  let attempts = 0;
  try {
    for (const { name, accounts } of SHAPES) {
      const all = Object.values(accounts).reduce((sum: number, count) => sum + count, 0);
      for (const memory of MEMORIES) {
        const runs = Array.from({ length: ROUNDS }, () => KINDS.map(({ run }) => run)).flat();
        const results = await rig.perform({ memory, accounts, runs });
        for (const { snapshots, attempts: most } of results) {
          unrecorded += all - snapshots;
          attempts = Math.max(attempts, most);
        }
        const ofKind = (kind: number) => results.filter((_, index) => index % KINDS.length === kind);
        rows.push(
          row(
            name,
            memory,
            all,
            KINDS.map((_, kind) => ofKind(kind)),
          ),
        );
        if (memory === MEMORIES[0]) {
          KINDS.forEach((kind, index) => {
            figures.push({
              id: `capacity.${all}.${kind.name.replace(' ', '-')}`,
              what: `${all} accounts at ${memory} MB over TLS, ${kind.name}`,
              value: round(Math.max(...ofKind(index).map(({ milliseconds }) => milliseconds)) / 1_000),
              unit: 's',
              kind: 'shown',
              note: `the slowest of ${ROUNDS}; ${round(cpu(ofKind(index), all))} ms of processor an account`,
            });
          });
        }
      }
    }
  } finally {
    rig.remove();
  }
  return {
    figures: [
      ...figures,
      {
        id: 'capacity.unrecorded',
        what: 'accounts not recorded, of all these runs',
        value: unrecorded,
        unit: 'accounts',
        kind: 'exact',
        goal: { most: 0 },
      },
      {
        id: 'capacity.attempts',
        what: 'the most calls of Upbit that one account needed',
        value: attempts,
        unit: 'calls',
        kind: 'exact',
        goal: { most: 1 },
      },
    ],
    table: [
      '| accounts | memory | processor | first run | cold | warm | processor an account: first, cold, warm | memory used |',
      '|---|---|---|---|---|---|---|---|',
      ...rows,
    ],
  };
}

function row(name: string, memory: number, all: number, kinds: readonly (readonly RunResult[])[]): string {
  const seconds = kinds.map((results) => {
    const slowest = Math.max(...results.map(({ milliseconds }) => milliseconds));
    return `${(slowest / 1_000).toFixed(1)} s`;
  });
  const processor = kinds.map((results) => cpu(results, all).toFixed(1)).join(', ');
  const used = Math.max(...kinds.flat().map(({ memory: most }) => most));
  return `| ${name} | ${memory} MB | ${shareOf(memory).toFixed(3)} | ${seconds.join(' | ')} | ${processor} ms | ${Math.round(used)} MB |`;
}

function cpu(results: readonly RunResult[], accounts: number): number {
  return median(results.map(({ cpuMilliseconds }) => cpuMilliseconds)) / accounts;
}
