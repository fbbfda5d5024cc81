import type { Figure } from './figure.ts';
import { type Candidates, drive, startServices } from './handler-process.ts';

const CURRENCIES = 30;

/** The peers' DynamoDB requests for one account with 30 currencies; each of their items is one write unit. */
export async function measurePeerRequests({ all }: Candidates): Promise<Figure[]> {
  const services = await startServices({ accounts: 1, currencies: CURRENCIES, latency: 0 });
  const writes = async (name: keyof Candidates['all']) => {
    await drive(all[name], services, 1);
    const { PutItem = 0, UpdateItem = 0 } = await services.counts();
    return PutItem + UpdateItem;
  };
  const figure = (id: string, who: string, value: number): Figure => ({
    id: `peer-writes.${id}`,
    what: `writes for one snapshot of ${CURRENCIES} currencies, ${who}`,
    value,
    unit: 'requests',
    kind: 'exact',
  });
  try {
    return [
      figure('tutorial', 'the tutorial pattern', await writes('tutorial')),
      figure('powertools', 'the tutorial pattern behind Powertools’ idempotency', await writes('powertools')),
      figure('ccxt', 'ccxt and one put', await writes('ccxt')),
    ];
  } finally {
    services.stop();
  }
}
