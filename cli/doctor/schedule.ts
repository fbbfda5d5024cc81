import {
  GetScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { Grid, TimeZone } from '../../lambda/core/slots.ts';
import { type Finding, NOT_THERE, ok, wrong } from './finding.ts';

const LOOKED_AT = 'schedule';

/**
 * Checks that the schedule is enabled, and fires at the slots the function expects.
 *
 * @param scheduleName `group/name`.
 * @param grid what the function expects; undefined if unknown.
 */
export async function lookAtSchedule(
  client: SchedulerClient,
  scheduleName: string,
  grid: Grid | undefined,
): Promise<Finding[]> {
  const schedule = await read(client, scheduleName);
  if (schedule === undefined)
    return [nothingRuns('there is no such schedule in this AWS account and region', NOT_THERE)];
  const { State: state, ScheduleExpression: fires, ScheduleExpressionTimezone: zone = 'UTC' } = schedule;
  if (state !== 'ENABLED')
    return [
      nothingRuns(
        `it is ${state ?? 'in no state'}, not ENABLED: nothing calls the function`,
        'Enable it: docs/runbook.md#no-run has the command. A deploy does not enable it.',
      ),
    ];
  if (grid !== undefined) {
    // Loaded on demand, as all of infra is.
    const { cronExpression } = await import('../../infra/cron.ts');
    if (fires !== cronExpression(grid.every) || zone !== grid.timeZone)
      return [
        nothingRuns(
          `it fires at ${fires} in ${zone}, which is not every ${grid.every} in ${grid.timeZone}`,
          'Somebody changed it, or the function, by hand: undo that. A deploy does not undo it.',
        ),
      ];
  }
  return [ok(LOOKED_AT, 'enabled')];
}

/**
 * Checks that the schedule of the sealer is enabled, and fires when a day can be sealed.
 *
 * @param scheduleName `group/name`.
 * @param timeZone whose days the sealer seals; undefined if unknown.
 */
export async function lookAtSealSchedule(
  client: SchedulerClient,
  scheduleName: string,
  timeZone: TimeZone | undefined,
): Promise<Finding[]> {
  const lookedAt = 'schedule of the sealer';
  const wrongly = (found: string, remedy: string) => [
    { ...wrong(lookedAt, found, remedy), tells: ['no-seal'] },
  ];
  const schedule = await read(client, scheduleName);
  if (schedule === undefined)
    return wrongly('there is no such schedule in this AWS account and region', NOT_THERE);
  const { State: state, ScheduleExpression: fires, ScheduleExpressionTimezone: zone = 'UTC' } = schedule;
  if (state !== 'ENABLED')
    return wrongly(
      `it is ${state ?? 'in no state'}, not ENABLED: nothing calls the sealer`,
      'Enable it: docs/runbook.md#no-seal has the command. A deploy does not enable it.',
    );
  // Loaded on demand, as all of infra is.
  const { SEALING_CRON } = await import('../../infra/cron.ts');
  if (fires !== SEALING_CRON || (timeZone !== undefined && zone !== timeZone))
    return wrongly(
      `it fires at ${fires} in ${zone}, not at ${SEALING_CRON} in ${timeZone ?? 'the zone of the stack'}`,
      'Somebody changed it, or the function, by hand: undo that. A deploy does not undo it.',
    );
  return [ok(lookedAt, 'enabled')];
}

/** A schedule by its `group/name`; undefined if there is none. */
async function read(client: SchedulerClient, scheduleName: string) {
  const [group = '', ...name] = scheduleName.split('/');
  return await client
    .send(new GetScheduleCommand({ GroupName: group, Name: name.join('/') }))
    .catch(undefinedIfNotFound);
}

function nothingRuns(found: string, remedy: string): Finding {
  return { ...wrong(LOOKED_AT, found, remedy), tells: ['no-run'] };
}

function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ResourceNotFoundException) return;
  throw error;
}
