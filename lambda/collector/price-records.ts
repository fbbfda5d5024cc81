import { formatSecond } from '../core/instant.ts';
import { encodePrices } from '../core/price-item.ts';
import { type PriceSheet, pricesFor } from '../core/prices.ts';
import type { Region } from '../core/regions.ts';
import { itemBytes, MAX_ITEM_BYTES } from '../core/stored.ts';
import type { CollectorParts, LogFields, Quotation } from './ports.ts';
import type { Recorder } from './recorder.ts';
import type { Run } from './run.ts';

/**
 * Records the prices of one region, once its accounts are decided: only those needed to value what they hold. A price that cannot be
 * recorded, for whatever reason, is only logged. Never rejects.
 *
 * @param quotation asked for beside the accounts.
 */
export async function recordPrices(
  region: Region,
  run: Run,
  parts: CollectorParts,
  recorder: Recorder,
  quotation: Promise<Quotation>,
): Promise<void> {
  const log: Log = (fields) =>
    parts.log({ level: 'INFO', message: 'prices', slot: formatSecond(run.slot), region, ...fields });
  try {
    await record(region, run, parts, recorder, await quotation, log);
  } catch (error) {
    // Also a fault of our own: no snapshot may be lost over a price.
    const detail = error instanceof Error ? error.message : 'an unknown error';
    log({ level: 'WARN', outcome: 'none', detail });
  }
}

type Log = (fields: Partial<LogFields>) => void;

async function record(
  region: Region,
  run: Run,
  parts: CollectorParts,
  recorder: Recorder,
  quoted: Quotation,
  log: Log,
): Promise<void> {
  const held = recorder.heldIn(region);
  // Without a balance there is nothing to value.
  if (held.size === 0) return;
  if (quoted.prices === undefined) {
    log({ level: 'WARN', outcome: 'none', detail: quoted.detail });
    return;
  }
  const { prices, observedAt, refused } = quoted;
  const doubts = refused === 0 ? {} : { detail: `${refused} rows of the ticker could not be accepted` };
  const { slot, settings, writesEnd } = run;
  const sheet: PriceSheet = {
    region,
    slot,
    observedAt,
    prices: pricesFor(held, region, prices, observedAt),
    writer: settings.writer,
  };
  const markets = sheet.prices.size;
  if (markets === 0) {
    log({ outcome: 'none', detail: 'the region lists no market of a currency that is held', ...doubts });
    return;
  }
  const bytes = itemBytes(encodePrices(sheet));
  if (bytes > MAX_ITEM_BYTES || recorder.hasGivenUp()) {
    const why = bytes > MAX_ITEM_BYTES ? `they have about ${bytes} bytes` : 'DynamoDB does not answer';
    log({ level: 'WARN', outcome: 'none', detail: `the prices are not recorded: ${why}` });
    return;
  }
  const { kind } = await parts.ledger.recordPrices(sheet, writesEnd - parts.clock.now());
  log({ outcome: kind === 'recorded' ? 'ok' : 'duplicate', markets, ...doubts });
}
