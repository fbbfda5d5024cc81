import { add, type Decimal, isNegative, parseDecimal } from './decimal.ts';
import { byCodeOrder } from './order.ts';
import { isObject, kindOf, type Parsed, Twice } from './parsed.ts';

/** One line of Upbit's answer. */
export interface Balance {
  readonly currency: string;
  /** The available amount. */
  readonly balance: Decimal;
  /** The amount in orders and withdrawals. */
  readonly locked: Decimal;
  /** The average buy price, in `unitCurrency`. */
  readonly avgBuyPrice: Decimal;
  readonly avgBuyPriceModified: boolean;
  readonly unitCurrency: string;
}

/** The total held: available plus locked. */
export function held({ balance, locked }: Pick<Balance, 'balance' | 'locked'>): Decimal {
  return add(balance, locked);
}

/** A fully checked answer of `GET /v1/accounts`. */
export interface Answer {
  /** Ordered by currency, by code units; each currency once. */
  readonly balances: readonly Balance[];
  /** Names of fields that Upbit sent but we do not keep, in order, each once. */
  readonly unknownFields: readonly string[];
}

const KNOWN_FIELDS: ReadonlySet<string> = new Set([
  'currency',
  'balance',
  'locked',
  'avg_buy_price',
  'avg_buy_price_modified',
  'unit_currency',
]);

const MAX_NAME = 64;
const LONE_SURROGATE = /\p{Surrogate}/u;

/**
 * Checks the JSON of a 200 answer, parsed by `json.ts`, all or nothing: one invalid line rejects the whole answer, and the problem
 * names its path, e.g. `[3].balance`. Unknown fields and currencies are accepted; a repeated currency is rejected,
 * because adding or choosing would be a guess; so is a field that appears twice in its line, even one that is not kept.
 * `[]` is an account that holds nothing.
 *
 * Fields: global-docs.upbit.com/reference/overall-account-inquiry (amounts are strings there).
 */
export function parseBalances(json: unknown): Parsed<Answer> {
  if (!Array.isArray(json)) return { problem: `the answer is ${kindOf(json)}, not an array` };
  const lines: readonly unknown[] = json;
  const balances = new Map<string, Balance>();
  const unknownFields = new Set<string>();
  for (const [index, line] of lines.entries()) {
    if (!isObject(line)) return { problem: `[${index}] is ${kindOf(line)}, not an object` };
    const { value: balance, problem } = parseLine(line);
    if (problem !== undefined) return { problem: `[${index}]${problem}` };
    if (balances.has(balance.currency))
      return { problem: `[${index}].currency repeats that of an earlier line` };
    balances.set(balance.currency, balance);
    for (const [name, sent] of Object.entries(line)) {
      // The name may be anything, so it is not repeated.
      if (sent instanceof Twice) return { problem: `[${index}] has an unknown field twice` };
      if (!KNOWN_FIELDS.has(name)) unknownFields.add(storable(name));
    }
  }
  return {
    value: {
      balances: [...balances.values()].sort((a, b) => byCodeOrder(a.currency, b.currency)),
      unknownFields: [...unknownFields].sort(byCodeOrder),
    },
  };
}

function parseLine(line: Readonly<Record<string, unknown>>): Parsed<Balance> {
  const currency = parseName(line, 'currency');
  if (currency.problem !== undefined) return currency;
  const balance = parseAmount(line, 'balance');
  if (balance.problem !== undefined) return balance;
  const locked = parseAmount(line, 'locked');
  if (locked.problem !== undefined) return locked;
  const avgBuyPrice = parseAmount(line, 'avg_buy_price');
  if (avgBuyPrice.problem !== undefined) return avgBuyPrice;
  const modified = field(line, 'avg_buy_price_modified');
  if (typeof modified !== 'boolean') {
    return { problem: `.avg_buy_price_modified is ${kindOf(modified)}, not true or false` };
  }
  const unitCurrency = parseName(line, 'unit_currency');
  if (unitCurrency.problem !== undefined) return unitCurrency;
  return {
    value: {
      currency: currency.value,
      balance: balance.value,
      locked: locked.value,
      avgBuyPrice: avgBuyPrice.value,
      avgBuyPriceModified: modified,
      unitCurrency: unitCurrency.value,
    },
  };
}

function parseName(line: Readonly<Record<string, unknown>>, name: string): Parsed<string> {
  const text = field(line, name);
  if (typeof text !== 'string') return { problem: `.${name} is ${kindOf(text)}, not text` };
  if (text === '' || text.length > MAX_NAME)
    return { problem: `.${name} does not have 1 to ${MAX_NAME} characters` };
  // A map key with this name sets the prototype instead of a field: one store drops it, one client throws.
  if (text === '__proto__') return { problem: `.${name} is __proto__, which cannot be stored` };
  // A lone surrogate has no UTF-8 form, so the name would not be read back as it was sent.
  if (LONE_SURROGATE.test(text)) return { problem: `.${name} is not well-formed Unicode` };
  return { value: text };
}

function parseAmount(line: Readonly<Record<string, unknown>>, name: string): Parsed<Decimal> {
  const text = field(line, name);
  if (typeof text !== 'string') return { problem: `.${name} is ${kindOf(text)}, not text` };
  const parsed = parseDecimal(text);
  if (parsed.problem !== undefined) return { problem: `.${name} ${parsed.problem}` };
  if (isNegative(parsed.value)) return { problem: `.${name} is negative` };
  return parsed;
}

/** A field's name, escaped as JSON if the store could not return it unchanged. */
function storable(name: string): string {
  return LONE_SURROGATE.test(name) ? JSON.stringify(name) : name;
}

/** An own field of the line, never one inherited from Object.prototype. */
function field(line: Readonly<Record<string, unknown>>, name: string): unknown {
  return Object.hasOwn(line, name) ? line[name] : undefined;
}
