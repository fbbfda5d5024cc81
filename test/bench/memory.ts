import type { Figure } from './figure.ts';
import { round } from './figure.ts';
import { type Candidates, drive, startServices } from './handler-process.ts';

const MARKS = [10, 1_000, 10_000];

/** The memory of a process that is never replaced, after many runs and garbage collection. */
export async function measureMemory({ all }: Candidates): Promise<Figure[]> {
  const services = await startServices({ accounts: 1, currencies: 30, latency: 0 });
  try {
    const { memory } = await drive(all.ours, services, Math.max(...MARKS), MARKS);
    const used = memory.map((mark) => mark.used);
    const growth = (used.at(-1) ?? Number.NaN) - (used[0] ?? Number.NaN);
    return [
      {
        id: 'memory.growth',
        what: 'memory in use after 10,000 warm runs, more than after 10',
        value: round(growth),
        unit: 'MB',
        kind: 'shown',
        goal: { most: 5 },
        note: memory
          .map(({ runs, rss, used: held }) => `${runs}: ${round(held)} MB in use, ${round(rss)} resident`)
          .join('; '),
      },
    ];
  } finally {
    services.stop();
  }
}
