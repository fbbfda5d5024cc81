import { type Figure, median, round, spread } from './figure.ts';
import { type Candidate, type Candidates, type Driven, drive, startServices } from './handler-process.ts';

/** The most that one secret can hold. */
const ACCOUNTS = 400;
const LATENCY = 80;
const CURRENCIES = 30;
/** The peers handle one account after the other, so fewer accounts give the same rate sooner. */
const PEER_ACCOUNTS = 20;
/** The share of a core that AWS gives a function with 256 MB; 1,769 MB get a whole one. */
const CORE_AT_256_MB = 256 / 1_769;
/** The first runs are for the compiler to warm up. */
const WARM_UP = 2;
const RUNS = 7;

interface Pace {
  readonly perSecond: number;
  readonly cpu: number;
  readonly driven: Driven;
}

/** A slot of 400 accounts, Upbit 80 ms away, on one core. */
export async function measureThroughput({ all }: Candidates): Promise<Figure[]> {
  const pace = async (candidate: Candidate, accounts: number): Promise<Pace> => {
    const services = await startServices({ accounts, currencies: CURRENCIES, latency: LATENCY });
    try {
      const driven = await drive(candidate, services, WARM_UP + RUNS);
      return {
        perSecond: (accounts / median(driven.milliseconds.slice(WARM_UP))) * 1_000,
        cpu: median(driven.cpu.slice(WARM_UP)) / accounts,
        driven,
      };
    } finally {
      services.stop();
    }
  };
  const ours = await pace(all.ours, ACCOUNTS);
  const tutorial = await pace(all.tutorial, PEER_ACCOUNTS);
  const ccxt = await pace(all.ccxt, PEER_ACCOUNTS);
  return [
    {
      id: 'throughput.ours',
      what: `${ACCOUNTS} accounts, Upbit ${LATENCY} ms away, one core`,
      value: round(ours.perSecond),
      unit: 'accounts/s',
      kind: 'shown',
      goal: { least: 200 },
      note: spread(ours.driven.milliseconds.slice(WARM_UP), 'ms'),
    },
    {
      id: 'throughput.to-tutorial',
      what: 'accounts a second, to the tutorial pattern’s',
      value: round(ours.perSecond / tutorial.perSecond),
      unit: '×',
      kind: 'ratio',
      goal: { least: 8 },
      note: `tutorial pattern ${round(tutorial.perSecond)}/s, ccxt ${round(ccxt.perSecond)}/s`,
    },
    {
      id: 'cpu.ours',
      what: 'CPU per account',
      value: round(ours.cpu),
      unit: 'ms',
      kind: 'shown',
      goal: { most: 3 },
      note: `at 256 MB (${round(CORE_AT_256_MB)} of a core) that is ${round((CORE_AT_256_MB / ours.cpu) * 1_000)} accounts/s`,
    },
    {
      id: 'cpu.to-tutorial',
      what: 'CPU per account, to the tutorial pattern’s',
      value: round(ours.cpu / tutorial.cpu),
      unit: '×',
      kind: 'ratio',
      goal: { most: 0.1 },
      note: `tutorial pattern ${round(tutorial.cpu)} ms, ccxt ${round(ccxt.cpu)} ms`,
    },
    {
      id: 'memory.400-accounts',
      what: `the most memory at ${ACCOUNTS} accounts`,
      value: round(ours.driven.most),
      unit: 'MB',
      kind: 'shown',
      goal: { most: 160 },
    },
  ];
}
