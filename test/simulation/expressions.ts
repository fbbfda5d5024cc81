import type { AttributeValue } from '@aws-sdk/client-dynamodb';

export type Item = Readonly<Record<string, AttributeValue>>;

/** The names and values of a DynamoDB expression. */
export interface Substitutes {
  readonly names: Readonly<Record<string, string>>;
  readonly values: Readonly<Record<string, AttributeValue>>;
}

/** A parsed expression: whether it holds for an item (undefined: there is none). */
export interface Expression {
  holds(item: Item | undefined, substitutes: Substitutes): boolean;
  /** Every name, `#name` and `:value` that it uses. */
  readonly uses: ReadonlySet<string>;
}

type Test = (item: Item | undefined, substitutes: Substitutes) => boolean;

const KEYWORDS = ['AND', 'OR', 'NOT', 'BETWEEN', 'IN'];
const TOKEN = /\s*(<=|>=|<>|[=<>(),.]|[#:]?\w+)/y;
const known = new Map<string, Expression>();

/**
 * Parses a condition, a filter or a key condition as DynamoDB does, as far as this project uses them: AND, OR,
 * NOT, brackets, the six comparisons, BETWEEN, and attribute_exists and attribute_not_exists of a path into maps.
 *
 * @throws SyntaxError for anything else.
 */
export function parseExpression(text: string): Expression {
  const there = known.get(text);
  if (there !== undefined) return there;
  const parser = new Parser(text);
  const test = parser.whole();
  const expression: Expression = { holds: test, uses: parser.uses };
  known.set(text, expression);
  return expression;
}

class Parser {
  readonly uses = new Set<string>();
  readonly #tokens: string[] = [];
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
    TOKEN.lastIndex = 0;
    const end = text.trimEnd().length;
    while (TOKEN.lastIndex < end) {
      const [, token] = TOKEN.exec(text) ?? [];
      if (token === undefined) throw this.#refusal();
      this.#tokens.push(token);
    }
  }

  whole(): Test {
    const test = this.#either();
    if (this.#tokens.length > 0) throw this.#refusal();
    return test;
  }

  #either(): Test {
    const tests = [this.#all()];
    while (this.#take('OR')) tests.push(this.#all());
    return (item, substitutes) => tests.some((test) => test(item, substitutes));
  }

  #all(): Test {
    const tests = [this.#one()];
    while (this.#take('AND')) tests.push(this.#one());
    return (item, substitutes) => tests.every((test) => test(item, substitutes));
  }

  #one(): Test {
    if (this.#take('NOT')) {
      const test = this.#one();
      return (item, substitutes) => !test(item, substitutes);
    }
    if (this.#take('(')) {
      const test = this.#either();
      this.#expect(')');
      return test;
    }
    if (this.#take('attribute_exists')) return this.#existence(true);
    if (this.#take('attribute_not_exists')) return this.#existence(false);
    return this.#comparison();
  }

  #existence(wanted: boolean): Test {
    this.#expect('(');
    const path = [this.#reference('#')];
    while (this.#take('.')) path.push(this.#reference('#'));
    this.#expect(')');
    return (item, { names }) => {
      let value: AttributeValue | undefined = item === undefined ? undefined : { M: { ...item } };
      for (const name of path) value = value?.M?.[nameOf(names, name)];
      return (value !== undefined) === wanted;
    };
  }

  #comparison(): Test {
    const name = this.#reference('#');
    const operator = this.#tokens.shift() ?? '';
    if (operator.toUpperCase() === 'BETWEEN') {
      const low = this.#reference(':');
      this.#expect('AND');
      const high = this.#reference(':');
      return (item, { names, values }) => {
        const value = item?.[nameOf(names, name)];
        return compares('>=', value, values[low]) && compares('<=', value, values[high]);
      };
    }
    if (!isOperator(operator)) throw this.#refusal();
    const value = this.#reference(':');
    return (item, { names, values }) => compares(operator, item?.[nameOf(names, name)], values[value]);
  }

  #reference(kind: '#' | ':'): string {
    const token = this.#tokens.shift() ?? '';
    const isName = kind === '#' && /^[a-z]/i.test(token) && !KEYWORDS.includes(token.toUpperCase());
    if (!token.startsWith(kind) && !isName) throw this.#refusal();
    this.uses.add(token);
    return token;
  }

  #take(word: string): boolean {
    if (this.#tokens[0]?.toUpperCase() !== word.toUpperCase()) return false;
    this.#tokens.shift();
    return true;
  }

  #expect(word: string): void {
    if (!this.#take(word)) throw this.#refusal();
  }

  #refusal(): SyntaxError {
    return new SyntaxError(`unsupported expression: ${this.#text}`);
  }
}

const OPERATORS = ['=', '<>', '<', '<=', '>', '>='] as const;
type Operator = (typeof OPERATORS)[number];

function isOperator(text: string): text is Operator {
  return OPERATORS.some((operator) => operator === text);
}

function nameOf(names: Substitutes['names'], reference: string): string {
  if (!reference.startsWith('#')) return reference;
  const name = names[reference];
  if (name === undefined) throw new SyntaxError(`${reference} is not defined`);
  return name;
}

/** Only values of the same type compare; a missing value compares with nothing. */
function compares(operator: Operator, a: AttributeValue | undefined, b: AttributeValue | undefined): boolean {
  if (a === undefined || b === undefined) return false;
  const order =
    a.S !== undefined && b.S !== undefined
      ? byOrder(a.S, b.S)
      : a.N !== undefined && b.N !== undefined
        ? byOrder(Number(a.N), Number(b.N))
        : a.BOOL !== undefined && b.BOOL !== undefined
          ? byOrder(Number(a.BOOL), Number(b.BOOL))
          : undefined;
  switch (operator) {
    case '=':
      return order === 0;
    case '<>':
      return order !== 0;
    case '<':
      return order === -1;
    case '<=':
      return order === -1 || order === 0;
    case '>':
      return order === 1;
    case '>=':
      return order === 1 || order === 0;
  }
}

function byOrder<T extends string | number>(a: T, b: T): -1 | 0 | 1 {
  return a < b ? -1 : a > b ? 1 : 0;
}
