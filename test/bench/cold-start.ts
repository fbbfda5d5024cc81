import { formatSecond, MINUTE } from '../../lambda/core/instant.ts';
import { slotAtOrBefore } from '../../lambda/core/slots.ts';
import { named } from '../support/local-parts.ts';
import { synthesize } from '../system/bundle/deployed.ts';
import { startStandIns } from '../system/bundle/stand-ins.ts';
import { startExecutionEnvironment } from '../system/runtime/execution-environment.ts';
import { buildRuntimeClient } from '../system/runtime/runtime-client.ts';
import { type Figure, median, round, spread } from './figure.ts';

const RUNS = 20;
const GRID = { every: '1m', timeZone: 'UTC' } as const;

/**
 * How long a new process takes from its start to its first answer, under AWS's own runtime client on
 * Node 24, with three accounts and all services on this machine; and how long the next event takes.
 */
export async function measureColdStart(): Promise<Figure[]> {
  await buildRuntimeClient();
  const deployed = synthesize({ every: GRID.every });
  const cold: number[] = [];
  const warm: number[] = [];
  for (let run = 0; run < RUNS; run += 1) {
    const standIns = await startStandIns(['id/main', 'sg/main', 'th/main'].map(named));
    const slot = slotAtOrBefore(GRID, Date.now());
    const startedAt = Date.now();
    const lambda = await startExecutionEnvironment(deployed, standIns.environment(deployed), true);
    const answered = async (of: number): Promise<number> => {
      const outcome = await lambda.invoke({ slot: formatSecond(of) });
      if (outcome.kind !== 'response') throw new Error(JSON.stringify(outcome));
      return outcome.at;
    };
    cold.push((await answered(slot)) - startedAt);
    const invokedAt = Date.now();
    warm.push((await answered(slot + MINUTE)) - invokedAt);
    await lambda.kill();
    await standIns.close();
  }
  deployed.remove();
  const figure = (id: string, what: string, times: readonly number[]): Figure => ({
    id: `cold-start.${id}`,
    what: `${what}, under AWS’s runtime client`,
    value: round(median(times)),
    unit: 'ms',
    kind: 'shown',
    note: spread(times, 'ms'),
  });
  return [
    figure('first', 'from the start of a process to its first answer', cold),
    figure('second', 'the event after it', warm),
  ];
}
