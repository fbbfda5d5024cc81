import {
  type AttributeValue,
  type BatchGetItemCommandInput,
  type BatchGetItemCommandOutput,
  ConditionalCheckFailedException,
  DynamoDBServiceException,
  type PutItemCommandInput,
  type QueryCommandInput,
  type QueryCommandOutput,
} from '@aws-sdk/client-dynamodb';
import { type Item, parseExpression, type Substitutes } from './expressions.ts';

/** Of a hundred keys, at least this many are answered at once. */
const LEAST_SERVED = 20;

/** One write that was applied. */
export interface Write {
  readonly account: string;
  readonly slot: string;
  readonly before: Item | undefined;
  readonly after: Item;
}

/**
 * A DynamoDB table in memory, by default with the keys `account` and `slot`. The text of its condition decides what a
 * write may replace, and the text of its expressions what a query finds.
 */
export class SimulatedTable {
  readonly #partitions = new Map<string, Map<string, Item>>();
  /** The maximum number of items in an answer. */
  readonly #page: number;
  readonly #hash: string;
  readonly #range: string;
  /** The writes and the items they replaced, newest last. */
  readonly #written: (Write & { readonly at: number })[] = [];

  constructor(page: number, [hash, range]: readonly [hash: string, range: string] = ['account', 'slot']) {
    this.#page = page;
    this.#hash = hash;
    this.#range = range;
  }

  /**
   * Throws ConditionalCheckFailedException and ValidationException as DynamoDB does.
   *
   * @param at when it is written.
   */
  put(input: PutItemCommandInput, at = 0): Write {
    const item: Item = input.Item ?? {};
    const [account, slot] = [item[this.#hash]?.S, item[this.#range]?.S];
    if (account === undefined || slot === undefined)
      throw invalid('One of the required keys was not given a value');
    const substitutes = substitutesOf(input, [input.ConditionExpression]);
    const before = this.item(account, slot);
    if (input.ConditionExpression !== undefined && !holds(input.ConditionExpression, before, substitutes)) {
      throw new ConditionalCheckFailedException({
        $metadata: {},
        message: 'The conditional request failed',
        ...(input.ReturnValuesOnConditionCheckFailure === 'ALL_OLD' && before !== undefined
          ? { Item: { ...before } }
          : {}),
      });
    }
    const partition = this.#partitions.get(account) ?? new Map<string, Item>();
    this.#partitions.set(account, partition.set(slot, item));
    const write = { account, slot, before, after: item };
    this.#written.push({ ...write, at });
    return write;
  }

  /** @param seen up to when an eventually consistent answer shows writes. */
  query(input: QueryCommandInput, seen = Number.POSITIVE_INFINITY): QueryCommandOutput {
    const {
      KeyConditionExpression: condition = '',
      FilterExpression: filter,
      ExclusiveStartKey: start,
    } = input;
    const substitutes = substitutesOf(input, [condition, filter]);
    const named = [...parseExpression(condition).uses].map((name) => substitutes.names[name] ?? name);
    if (!named.includes(this.#hash))
      throw invalid(`Query condition missed key schema element: ${this.#hash}`);
    const isForward = input.ScanIndexForward !== false;
    const found = this.#candidates(input);
    const sorted = (input.ConsistentRead === true ? [...found] : this.#asOf(found, seen))
      .filter((item) => holds(condition, item, substitutes))
      .sort((a, b) => bySlot(a, b) * (isForward ? 1 : -1));
    const from =
      start === undefined ? 0 : sorted.findIndex((item) => item['slot']?.S === start['slot']?.S) + 1;
    const page = sorted.slice(from, from + Math.min(this.#page, input.Limit ?? Number.POSITIVE_INFINITY));
    const last = page.at(-1);
    const isMore = last !== undefined && from + page.length < sorted.length;
    return {
      $metadata: {},
      Items: page
        .filter((item) => filter === undefined || holds(filter, item, substitutes))
        .map((item) => ({ ...item })),
      ...(isMore ? { LastEvaluatedKey: keyOf(last) } : {}),
    };
  }

  batchGet(input: BatchGetItemCommandInput): BatchGetItemCommandOutput {
    const [[table, request] = []] = Object.entries(input.RequestItems ?? {});
    const keys = request?.Keys ?? [];
    if (table === undefined || keys.length === 0 || keys.length > 100)
      throw invalid('a batch needs 1 to 100 keys of one table');
    const most = Math.max(LEAST_SERVED, this.#page);
    const served = keys.slice(0, most);
    const left = keys.slice(most);
    const found = served
      .map((key) => this.item(key['account']?.S ?? '', key['slot']?.S ?? ''))
      .filter((item) => item !== undefined);
    return {
      $metadata: {},
      Responses: { [table]: found.map((item) => ({ ...item })) },
      UnprocessedKeys: left.length === 0 ? {} : { [table]: { Keys: left } },
    };
  }

  item(account: string, slot: string): Item | undefined {
    return this.#partitions.get(account)?.get(slot);
  }

  /** All items of a partition, in order of slot. */
  partition(account: string): Item[] {
    return [...(this.#partitions.get(account)?.values() ?? [])].sort(bySlot);
  }

  partitions(): string[] {
    return [...this.#partitions.keys()].sort();
  }

  /** The items as they were at a time. */
  #asOf(items: Iterable<Item>, time: number): Item[] {
    if (time === Number.POSITIVE_INFINITY) return [...items];
    const unseen = this.#written.filter(({ at }) => at > time);
    const before = new Map(unseen.map((write) => [write.after, write.before]));
    return [...items].flatMap((item) => {
      let shown: Item | undefined = item;
      while (shown !== undefined && before.has(shown)) shown = before.get(shown);
      return shown === undefined ? [] : [shown];
    });
  }

  /** The items of the partition in the key condition, which must be among the values. */
  #candidates({ ExpressionAttributeValues: values = {} }: QueryCommandInput): Iterable<Item> {
    const named = Object.values(values).flatMap(({ S }) =>
      S === undefined ? [] : [this.#partitions.get(S)],
    );
    return named.find((partition) => partition !== undefined)?.values() ?? [];
  }
}

function holds(expression: string, item: Item | undefined, substitutes: Substitutes): boolean {
  try {
    return parseExpression(expression).holds(item, substitutes);
  } catch (error) {
    throw error instanceof SyntaxError ? invalid(error.message) : error;
  }
}

interface Given {
  readonly ExpressionAttributeNames?: Record<string, string> | undefined;
  readonly ExpressionAttributeValues?: Record<string, AttributeValue> | undefined;
}

/** Rejects names and values that no expression uses, as DynamoDB does. */
function substitutesOf(
  { ExpressionAttributeNames: names = {}, ExpressionAttributeValues: values = {} }: Given,
  expressions: readonly (string | undefined)[],
): Substitutes {
  const used = new Set(
    expressions.flatMap((text) => (text === undefined ? [] : [...parseExpression(text).uses])),
  );
  for (const reference of [...Object.keys(names), ...Object.keys(values)])
    if (!used.has(reference)) throw invalid(`${reference} is used in no expression`);
  return { names, values };
}

function keyOf(item: Item): Record<string, AttributeValue> {
  const { account, slot } = item;
  return { ...(account === undefined ? {} : { account }), ...(slot === undefined ? {} : { slot }) };
}

function bySlot(a: Item, b: Item): number {
  const [x, y] = [a['slot']?.S ?? '', b['slot']?.S ?? ''];
  return x < y ? -1 : x > y ? 1 : 0;
}

function invalid(message: string): DynamoDBServiceException {
  return new DynamoDBServiceException({
    name: 'ValidationException',
    $fault: 'client',
    $metadata: {},
    message,
  });
}
