import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A processor that Lambda shares out in slices of this length, in microseconds. */
const PERIOD = 20_000;
/** At this memory a function has one whole processor: docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html */
const WHOLE_PROCESSOR = 1_769;

const V1 = '/sys/fs/cgroup/cpu';
const V2 = '/sys/fs/cgroup';

/** The part of a processor that Lambda gives a function of this memory, in MB. */
export function shareOf(memory: number): number {
  return memory / WHOLE_PROCESSOR;
}

/** A group of processes that together get a share of one processor. */
export interface Share {
  /** Puts a process into the group, and with it all that it starts. */
  add(pid: number): void;
  /** To be called when the group has no process any more. */
  remove(): void;
}

/**
 * Makes a control group with the quota that Lambda gives a function of this memory.
 *
 * @throws Error in one sentence where this machine cannot give one: nothing may be measured then.
 */
export function takeShare(memory: number, name: string): Share {
  const quota = Math.round(PERIOD * shareOf(memory));
  const isV1 = existsSync(join(V1, 'cpu.cfs_quota_us'));
  const folder = join(isV1 ? V1 : V2, name);
  try {
    mkdirSync(folder);
    if (isV1) {
      writeFileSync(join(folder, 'cpu.cfs_period_us'), String(PERIOD));
      writeFileSync(join(folder, 'cpu.cfs_quota_us'), String(quota));
    } else {
      if (!readFileSync(join(V2, 'cgroup.subtree_control'), 'utf8').includes('cpu'))
        writeFileSync(join(V2, 'cgroup.subtree_control'), '+cpu');
      writeFileSync(join(folder, 'cpu.max'), `${quota} ${PERIOD}`);
    }
  } catch (cause) {
    throw new Error('this machine gives no control group with a processor quota: run it as root on Linux', {
      cause,
    });
  }
  return {
    add: (pid) => writeFileSync(join(folder, 'cgroup.procs'), String(pid)),
    remove: () => rmdirSync(folder),
  };
}
