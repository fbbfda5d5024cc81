import {
  GetScheduleCommand,
  ResourceNotFoundException,
  type SchedulerClient,
} from '@aws-sdk/client-scheduler';
import type { Grid } from '../../lambda/core/slots.ts';
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
  const [group = '', ...name] = scheduleName.split('/');
  const schedule = await client
    .send(new GetScheduleCommand({ GroupName: group, Name: name.join('/') }))
    .catch(undefinedIfNotFound);
  if (schedule === undefined)
    return [nothingRuns('there is no such schedule in this AWS account and region', NOT_THERE)];
  const { State: state, ScheduleExpression: fires, ScheduleExpressionTimezone: zone = 'UTC' } = schedule;
  if (state !== 'ENABLED')
    return [
      nothingRuns(
        `it is ${state ?? 'in no state'}, not ENABLED: nothing calls the function`,
        'Enable it: docs/runbook.md#no-run has the command. A deploy alone does not.',
      ),
    ];
  if (grid !== undefined) {
    // Loaded on demand, as all of infra is.
    const { cronExpression } = await import('../../infra/cron.ts');
    if (fires !== cronExpression(grid.every) || zone !== grid.timeZone)
      return [
        nothingRuns(
          `it fires at ${fires} in ${zone}, which is not every ${grid.every} in ${grid.timeZone}`,
          'Somebody changed it, or the function, by hand: undo that. A deploy alone does not.',
        ),
      ];
  }
  return [ok(LOOKED_AT, 'enabled')];
}

function nothingRuns(found: string, remedy: string): Finding {
  return { ...wrong(LOOKED_AT, found, remedy), tells: ['no-run'] };
}

function undefinedIfNotFound(error: unknown): undefined {
  if (error instanceof ResourceNotFoundException) return;
  throw error;
}
