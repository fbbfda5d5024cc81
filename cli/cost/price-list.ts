import { CodedError } from '../../lambda/core/error.ts';
import { PRICES, type Price } from './prices-ap-southeast-1.ts';

/** The name of something that has a price. */
export type Priced = keyof typeof PRICES;

/** All prices, in the order they are shown. */
export type PriceList = Readonly<Record<Priced, Price>>;

const LISTS = new Map<string, PriceList>([['ap-southeast-1', PRICES]]);

/** The prices of an AWS region. Throws CodedError `cost.unpriced` if there are none. */
export function priceListOf(awsRegion: string): PriceList {
  const prices = LISTS.get(awsRegion);
  if (prices !== undefined) return prices;
  const priced = [...LISTS.keys()].join(', ');
  throw new CodedError(
    'cost.unpriced',
    `no prices for the AWS region ${JSON.stringify(awsRegion)}, only for ${priced}`,
  );
}
