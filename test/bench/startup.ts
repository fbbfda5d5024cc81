import { type Figure, median, round, spread } from './figure.ts';
import { type Candidates, drive, startServices } from './handler-process.ts';

const ROUNDS = 15;

/** From the start of a process to its first stored snapshot: one account, services that answer at once. */
export async function measureStartup({ all }: Candidates): Promise<Figure[]> {
  const services = await startServices({ accounts: 1, currencies: 30, latency: 0 });
  const times = { ours: [] as number[], tutorial: [] as number[], ccxt: [] as number[] };
  const loads: number[] = [];
  try {
    // In turn, so that other load on this machine affects all alike.
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const name of ['ours', 'tutorial', 'ccxt'] as const) {
        const { first, loaded } = await drive(all[name], services, 1);
        times[name].push(first);
        if (name === 'ours') loads.push(loaded);
      }
    }
  } finally {
    services.stop();
  }
  const of = (name: keyof typeof times) => median(times[name]);
  const shown = (name: keyof typeof times, who: string): Figure => ({
    id: `startup.${name}`,
    what: `start-up, ${who}`,
    value: round(of(name)),
    unit: 'ms',
    kind: 'shown',
    note: spread(times[name], 'ms'),
  });
  return [
    {
      id: 'startup.to-tutorial',
      what: 'start-up to the first snapshot, to the tutorial pattern’s',
      value: round(of('ours') / of('tutorial')),
      unit: '×',
      kind: 'ratio',
      goal: { most: 0.5 },
    },
    {
      id: 'startup.to-ccxt',
      what: 'start-up to the first snapshot, to ccxt’s',
      value: round(of('ours') / of('ccxt')),
      unit: '×',
      kind: 'ratio',
      goal: { most: 0.2 },
    },
    {
      ...shown('ours', 'ours'),
      note: `${spread(times.ours, 'ms')}; loaded after ${round(median(loads))} ms`,
    },
    shown('tutorial', 'the tutorial pattern'),
    shown('ccxt', 'ccxt'),
  ];
}
