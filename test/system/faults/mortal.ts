import type { CollectorParts, Ticker } from '../../../lambda/collector/ports.ts';
import { PriceSource } from '../../../lambda/collector/price-source.ts';

/** A point where a process can die: before or after a call to one of its ports takes effect. */
export interface Moment {
  /** `ask`, `record`, `putAccount` and so on. */
  readonly call: string;
  readonly when: 'before' | 'after';
  /** The number of the moment in the process, from 1. */
  readonly count: number;
}

/** The ports of a process that can die. */
export interface Mortal {
  readonly parts: CollectorParts;
  /** Resolves when it has died. */
  readonly died: Promise<void>;
}

/**
 * The ports of a process that dies at the first moment for which `dies` is true. From then on nothing it awaits
 * ever resolves, and it starts nothing; what it had already sent continues, as with a killed process.
 *
 * @param ticker where its prices come from.
 */
export function mortal(parts: CollectorParts, dies: (moment: Moment) => boolean, ticker: Ticker): Mortal {
  let count = 0;
  let isDead = false;
  let tell: () => void = () => undefined;
  const died = new Promise<void>((resolve) => {
    tell = resolve;
  });
  async function pass(call: string, when: Moment['when']): Promise<void> {
    count += 1;
    if (!isDead && dies({ call, when, count })) {
      isDead = true;
      tell();
    }
    if (isDead) await new Promise<never>(() => undefined);
  }
  function wrapped<Given extends unknown[], Result>(
    call: string,
    port: (...given: Given) => Promise<Result>,
  ): (...given: Given) => Promise<Result> {
    return async (...given) => {
      await pass(call, 'before');
      const result = await port(...given);
      await pass(call, 'after');
      return result;
    };
  }
  const { exchange, keys, catalog, ledger } = parts;
  const clock = {
    now: parts.clock.now.bind(parts.clock),
    sleep: wrapped('sleep', parts.clock.sleep.bind(parts.clock)),
  };
  return {
    died,
    parts: {
      ...parts,
      exchange: {
        ask: wrapped('ask', exchange.ask.bind(exchange)),
        expiry: wrapped('expiry', exchange.expiry.bind(exchange)),
      },
      keys: {
        get: wrapped('keys', keys.get.bind(keys)),
        reload: wrapped('reload', keys.reload.bind(keys)),
      },
      catalog: {
        get: wrapped('catalog', catalog.get.bind(catalog)),
        reload: wrapped('catalog', catalog.reload.bind(catalog)),
        update: catalog.update.bind(catalog),
      },
      ledger: {
        record: wrapped('record', ledger.record.bind(ledger)),
        putAccount: wrapped('putAccount', ledger.putAccount.bind(ledger)),
        addSchedule: wrapped('addSchedule', ledger.addSchedule.bind(ledger)),
        recordPrices: wrapped('recordPrices', ledger.recordPrices.bind(ledger)),
      },
      prices: new PriceSource({ ask: wrapped('ticker', ticker.ask) }, clock),
      clock,
    },
  };
}
