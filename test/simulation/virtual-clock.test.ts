import { describe, expect, it } from 'vitest';
import { VirtualClock } from './virtual-clock.ts';

async function happened(
  plan: (clock: VirtualClock, note: (what: string) => void) => void,
): Promise<string[]> {
  const clock = new VirtualClock(1_000);
  const found: string[] = [];
  plan(clock, (what) => found.push(`${clock.now()} ${what}`));
  await clock.run(() => false);
  return found;
}

describe('the virtual clock', () => {
  it('runs events in order of time, and those at the same time in the order they were scheduled', async () => {
    const times = [50, 10, 30, 10, 20, 40, 10, 0];
    const found = await happened((clock, note) => {
      for (const [index, time] of times.entries()) clock.after(time, () => note(String(index)));
    });
    expect(found).toEqual(['1000 7', '1010 1', '1010 3', '1010 6', '1020 4', '1030 2', '1040 5', '1050 0']);
  });

  it('stands still until every pending promise has settled', async () => {
    const found = await happened((clock, note) => {
      clock.after(5, () => {
        void (async () => {
          for (let step = 0; step < 500; step += 1) await Promise.resolve();
          note('gone on');
        })();
      });
      clock.after(6, () => note('next'));
    });
    expect(found).toEqual(['1005 gone on', '1006 next']);
  });

  it('runs no cancelled event, and none earlier than now', async () => {
    const found = await happened((clock, note) => {
      const cancel = clock.after(20, () => note('never'));
      clock.after(10, () => {
        cancel();
        clock.at(0, () => note('at once'));
      });
      clock.after(9.2, () => note('in whole milliseconds'));
    });
    expect(found).toEqual(['1010 in whole milliseconds', '1010 at once']);
  });
});
