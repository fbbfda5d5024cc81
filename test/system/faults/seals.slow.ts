import { describe, it } from 'vitest';
import { Authority } from '../../support/authority.ts';
import { signing, startAuthorityServer } from '../../support/authority-server.ts';
import { BEGIN, CALLS, killedWhileSealing, killedWhileStamping, NOW } from './seal-rig.ts';

describe('sealing, killed at each of its calls', () => {
  it.each([false, true])(
    'faults row 55: the next run completes one chain (after it took effect: %s)',
    async (after) => {
      for (let dies = 1; dies <= CALLS.sealing; dies += 1) await killedWhileSealing(dies, after);
    },
  );

  it.each([false, true])(
    'faults row 55: the next run adds the tokens (after it took effect: %s)',
    async (after) => {
      const authority = await startAuthorityServer(signing(new Authority(BEGIN), () => NOW));
      for (let dies = 1; dies <= CALLS.stamping; dies += 1)
        await killedWhileStamping(dies, after, authority.url);
      await authority.close();
    },
  );
});
