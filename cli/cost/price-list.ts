import { CodedError } from '../../lambda/core/error.ts';
import { PRICES, type Price } from './prices-ap-southeast-1.ts';

/** Whatever has a price. */
export type Priced = keyof typeof PRICES;

/** Everything that has a price, in the order it is shown. */
export type PriceList = Readonly<Record<Priced, Price>>;

const LISTS = new Map<string, PriceList>([['ap-southeast-1', PRICES]]);

/** The prices of an AWS region. Throws CodedError `cost.unpriced` where none are kept. */
export function priceListOf(awsRegion: string): PriceList {
  const prices = LISTS.get(awsRegion);
  if (prices !== undefined) return prices;
  const priced = [...LISTS.keys()].join(', ');
  throw new CodedError(
    'cost.unpriced',
    `the AWS region ${JSON.stringify(awsRegion)} is not priced, only ${priced}`,
  );
}
