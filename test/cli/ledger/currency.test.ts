import { describe, expect, it } from 'vitest';
import { NOW, WHOLE } from '../../support/slot-ledgers.ts';
import { typed } from '../../support/typed.ts';

describe('--currency, for a command about whole accounts', () => {
  it.each(['slots', 'gaps'])('is accepted by %s, which says that it has no effect', async (command) => {
    const { stdout, stderr } = await typed(`${command} --real --format csv --currency BTC`, WHOLE, {
      now: NOW,
    });
    expect(stdout).toBe((await typed(`${command} --real --format csv`, WHOLE, { now: NOW })).stdout);
    expect(stderr[0]).toBe(
      '--currency has no effect here: a slot is recorded, or missing, for all currencies of an account',
    );
  });
});
