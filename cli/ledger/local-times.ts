import type { Command } from 'commander';
import { type Catalog, stackTimeZone } from '../../lambda/core/catalog.ts';
import type { TimeZone } from '../../lambda/core/slots.ts';
import { wrongUsage } from './options.ts';

/** The option that adds times in the stack's zone to CSV. */
export interface LocalTimesOptions {
  readonly localTimes?: boolean;
}

/**
 * Adds `--local-times`. It is for spreadsheets, so it changes CSV and no other format: a program that reads JSON converts times
 * itself, and tables show them in the stack's zone already.
 */
export function withLocalTimesOption(command: Command): Command {
  return command
    .option('--local-times', 'with csv: add columns with the times in the stack’s zone (slot_local)')
    .hook('preAction', (_, action) => {
      const { localTimes, format } = action.optsWithGlobals<
        LocalTimesOptions & { readonly format: string }
      >();
      if (localTimes !== true || format === 'csv') return;
      const why = format === 'table' ? ', as tables show times in the stack’s zone anyway' : '';
      throw wrongUsage(`--local-times cannot be used with --format ${format}${why}: it needs --format csv`);
    });
}

/** The zone of the columns that `--local-times` adds; undefined without it. */
export function localTimesOf(
  { localTimes = false }: LocalTimesOptions,
  catalog: Pick<Catalog, 'schedules'>,
): TimeZone | undefined {
  return localTimes ? stackTimeZone(catalog) : undefined;
}
