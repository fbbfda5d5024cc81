// The partitions of the table that are no account's. Each begins with `#`, which no account's name can.

/** Says which accounts and schedules there are. */
export const CATALOG_PARTITION = '#catalog';
