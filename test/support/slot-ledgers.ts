import type { AccountEntry, ScheduleEntry } from '../../lambda/core/catalog.ts';
import { HOUR, MINUTE } from '../../lambda/core/instant.ts';
import { catalogOf, failure, line, memoryLedger, snapshot, time } from './memory-ledger.ts';

export const START = time('2026-11-22T00:00:00Z');
export const NOW = START + 3 * HOUR + 30 * MINUTE;
export const MAIN: AccountEntry = { account: 'sg/main', since: START };
const THAI: AccountEntry = { account: 'th/main', since: START + HOUR };
export const HOURLY: ScheduleEntry = { from: START, every: '1h', timeZone: 'Asia/Bangkok', regions: ['sg'] };

/** sg/main has a failure at 1 and nothing at 2, since a manual snapshot does not count. */
export const GAPPY = memoryLedger(catalogOf([MAIN, THAI], [HOURLY]), [
  snapshot('sg/main', START, [line('BTC', '1'), line('SGD', '2')]),
  failure('sg/main', START + HOUR),
  snapshot('sg/main', START + 2 * HOUR + 700_000, [], { manual: true }),
  snapshot('sg/main', START + 3 * HOUR),
]);
/** A snapshot in every slot. */
export const WHOLE = memoryLedger(
  catalogOf([MAIN], [HOURLY]),
  [0, 1, 2, 3].map((hour) => snapshot('sg/main', START + hour * HOUR)),
);
