import { describe, expect, it } from 'vitest';
import { MINUTE } from '../../../lambda/core/instant.ts';
import { parseSealEvent } from '../../../lambda/core/seal-event.ts';
import { time } from '../../support/memory-ledger.ts';

const NOW = time('2026-11-22T01:00:00Z');
const ALLOWED = 'allowed is {"seal":"2026-11-22T01:00:00Z"}';

describe('the event of the sealer', () => {
  it('is a time, which may be past and up to a minute ahead of the clock', () => {
    for (const at of ['2026-11-22T01:00:00Z', '2020-01-01T00:00:00Z', '2026-11-22T01:01:00Z'])
      expect(parseSealEvent({ seal: at }, NOW)).toStrictEqual({ value: time(at) });
  });

  it('of a later time is refused: the day would be sealed before it is over', () => {
    expect(parseSealEvent({ seal: '2026-11-22T01:01:01Z' }, NOW)).toStrictEqual({
      problem:
        "the event's seal 2026-11-22T01:01:01Z is more than 60 s ahead of this host's clock, 2026-11-22T01:00:00Z",
    });
    expect(parseSealEvent({ seal: '2026-11-22T01:01:01Z' }, NOW + MINUTE).problem).toBeUndefined();
  });

  it.each<[unknown, string]>([
    [null, 'the event is null'],
    ['x', 'the event is a string'],
    [{}, 'the event does not have exactly one field, seal'],
    [{ slot: '2026-11-22T01:00:00Z' }, 'the event does not have exactly one field, seal'],
    [{ seal: '2026-11-22T01:00:00Z', more: 1 }, 'the event does not have exactly one field, seal'],
    [{ seal: true }, "the event's seal is not a UTC time to the second"],
    [{ seal: '2026-02-30T01:00:00Z' }, "the event's seal is not a UTC time to the second"],
    [{ seal: '2026-11-22' }, "the event's seal is not a UTC time to the second"],
  ])('is refused if it is %j', (event, problem) => {
    expect(parseSealEvent(event, NOW)).toStrictEqual({ problem: `${problem}; ${ALLOWED}` });
  });
});
