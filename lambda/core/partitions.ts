// The partitions of the table other than accounts. Each begins with `#`, which an account name cannot.

/** Lists the accounts and schedules. */
export const CATALOG_PARTITION = '#catalog';
