import { isZero } from '../../../lambda/core/decimal.ts';
import { total } from '../amount.ts';
import { type AccountRecord, type Column, holdingAt, type ReportRecord } from '../record.ts';

/** What a page shows first. */
export interface Opening {
  readonly account: AccountRecord;
  /** Empty if no snapshot of the account lists any. */
  readonly currency: string;
}

/**
 * The first currency of `--currency` that any account has, in the first account that holds it at the end, else in the first
 * that ever listed it. Without `--currency`, the first account that lists anything, in its {@link usual} currency.
 *
 * @param shown accounts with at least one moment.
 */
export function opening(
  { currencies: wanted }: Pick<ReportRecord, 'currencies'>,
  shown: readonly AccountRecord[],
): Opening | undefined {
  for (const name of wanted ?? []) {
    const having = shown.flatMap((account) => {
      const currency = [...account.currencies.keys()].find((one) => one.toUpperCase() === name.toUpperCase());
      return currency === undefined ? [] : [{ account, currency }];
    });
    const holding = having.find(({ account, currency }) => isHeld(account.currencies.get(currency)));
    const first = holding ?? having[0];
    if (first !== undefined) return first;
  }
  const account = shown.find(({ currencies }) => currencies.size > 0) ?? shown[0];
  return account && { account, currency: usual(account) };
}

/** BTC if the account ever listed it; else the first currency it holds at the end, or listed; else empty. */
export function usual({ currencies }: AccountRecord): string {
  if (currencies.has('BTC')) return 'BTC';
  const names = [...currencies.keys()];
  return names.find((name) => isHeld(currencies.get(name))) ?? names[0] ?? '';
}

/** True if the last snapshot lists more than 0. */
function isHeld(column: Column | undefined): boolean {
  const last = column && holdingAt(column, column.balance.length - 1);
  return last !== undefined && !isZero(total(last));
}
