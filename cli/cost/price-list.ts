import { PRICES, type Price } from './prices-ap-southeast-1.ts';

/** The name of something that has a price. */
export type Priced = keyof typeof PRICES;

/** All prices, in the order they are shown. */
export type PriceList = Readonly<Record<Priced, Price>>;

/** The AWS region of {@link PRICE_LIST}: the others have no list here. */
export const PRICED_REGION = 'ap-southeast-1';

export const PRICE_LIST: PriceList = PRICES;
