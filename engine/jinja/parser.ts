import type { Arguments, BinaryOperator, CompareOperator, Expr, Name } from './ast.ts';
import { describe, TokenCursor } from './cursor.ts';
import type { Token } from './lexer.ts';
import { isFilter, isLookup, isTest, unknownFilter, unknownLookup, unknownTest } from './registry.ts';

const CONSTANTS = new Map<string, boolean | null>([
  ['true', true],
  ['True', true],
  ['false', false],
  ['False', false],
  ['none', null],
  ['None', null],
]);
const COMPARE = new Set(['==', '!=', '<', '<=', '>', '>=']);
const RESERVED = new Set(['and', 'or', 'not', 'if', 'else', 'elif', 'in', 'is']);

/** Reads expressions from tokens, with Jinja's grammar and precedence. */
export class ExpressionParser extends TokenCursor {
  /** The whole text as one expression. */
  whole(): Expr {
    const expr = this.expression();
    if (this.current.type !== 'eof') this.fail(`unexpected ${describe(this.current)} after the expression`);
    return expr;
  }

  expression(withCondition = true): Expr {
    return this.deeper(() => (withCondition ? this.#condition() : this.#or()));
  }

  #condition(): Expr {
    const start = this.current;
    let expr = this.#or();
    while (this.skipName('if')) {
      const test = this.#or();
      const no = this.skipName('else') ? this.expression() : undefined;
      expr = { kind: 'if', test, yes: expr, no, ...this.span(start) };
    }
    return expr;
  }

  #or(): Expr {
    const start = this.current;
    let left = this.#and();
    while (this.skipName('or')) left = { kind: 'or', left, right: this.#and(), ...this.span(start) };
    return left;
  }

  #and(): Expr {
    const start = this.current;
    let left = this.#not();
    while (this.skipName('and')) left = { kind: 'and', left, right: this.#not(), ...this.span(start) };
    return left;
  }

  #not(): Expr {
    const start = this.current;
    if (!this.skipName('not')) return this.#compare();
    const of = this.deeper(() => this.#not());
    return { kind: 'not', of, ...this.span(start) };
  }

  #compare(): Expr {
    const start = this.current;
    const first = this.#sum();
    const rest: { operator: CompareOperator; operand: Expr; offset: number }[] = [];
    for (;;) {
      const { offset } = this.current;
      const operator = this.#compareOperator();
      if (operator === undefined) break;
      rest.push({ operator, operand: this.#sum(), offset });
    }
    return rest.length === 0 ? first : { kind: 'compare', first, rest, ...this.span(start) };
  }

  #compareOperator(): CompareOperator | undefined {
    const { current } = this;
    if (current.type === 'operator' && COMPARE.has(current.text)) return this.next().text as CompareOperator;
    if (this.skipName('in')) return 'in';
    const following = this.look();
    if (this.isName('not') && following.type === 'name' && following.text === 'in') {
      this.next();
      this.next();
      return 'not in';
    }
    return undefined;
  }

  #leftAssociative(operators: readonly string[], operand: () => Expr): Expr {
    const start = this.current;
    let left = operand();
    while (this.current.type === 'operator' && operators.includes(this.current.text)) {
      const operator = this.next().text as BinaryOperator;
      left = { kind: 'binary', operator, left, right: operand(), ...this.span(start) };
    }
    return left;
  }

  #sum(): Expr {
    return this.#leftAssociative(['+', '-'], () => this.#concat());
  }

  #concat(): Expr {
    const start = this.current;
    const parts = [this.#product()];
    while (this.skipOperator('~')) parts.push(this.#product());
    return parts.length === 1 ? (parts[0] as Expr) : { kind: 'concat', parts, ...this.span(start) };
  }

  #product(): Expr {
    return this.#leftAssociative(['*', '/', '//', '%'], () => this.#leftAssociative(['**'], () => this.unary()));
  }

  protected unary(withFilters = true): Expr {
    const start = this.current;
    let node: Expr;
    if (this.isOperator('-') || this.isOperator('+')) {
      const kind = this.next().text === '-' ? 'neg' : 'pos';
      const of = this.deeper(() => this.unary(false));
      node = { kind, of, ...this.span(start) };
    } else node = this.primary();
    node = this.postfix(node, start);
    return withFilters ? this.#filters(node, start) : node;
  }

  protected primary(): Expr {
    const token = this.current;
    if (token.type === 'name') {
      this.next();
      const constant = CONSTANTS.get(token.text);
      if (constant !== undefined) return { kind: 'const', value: constant, ...this.span(token) };
      if (RESERVED.has(token.text)) this.fail(`unexpected '${token.text}'`, token);
      return { kind: 'name', name: token.text, ...this.span(token) } satisfies Name;
    }
    if (token.type === 'string') return this.#strings();
    if (token.type === 'integer' || token.type === 'float') {
      this.next();
      return { kind: 'const', value: token.value ?? null, ...this.span(token) };
    }
    if (this.isOperator('(')) return this.#parenthesised();
    if (this.isOperator('[')) return this.#list();
    if (this.isOperator('{')) return this.#dict();
    return this.fail(this.expected('an expression'));
  }

  /** Strings side by side are one. */
  #strings(): Expr {
    const start = this.current;
    let [value, raw] = ['', ''];
    while (this.current.type === 'string') {
      const token = this.next();
      value += token.value as string;
      raw += token.raw as string;
    }
    return { kind: 'const', value, raw, ...this.span(start) };
  }

  #parenthesised(): Expr {
    const start = this.next();
    const inner = this.tuple(true, true);
    this.expectOperator(')');
    return inner.kind === 'tuple' ? { ...inner, ...this.span(start) } : inner;
  }

  /** One expression, or several with commas between: a tuple. `empty` allows none. */
  tuple(withCondition = true, empty = false, isEnd: () => boolean = () => false): Expr {
    const start = this.current;
    const items: Expr[] = [];
    let isTuple = false;
    for (;;) {
      if (items.length > 0 && !isTuple) break;
      if (this.#tupleEnds() || isEnd()) break;
      items.push(this.expression(withCondition));
      if (!this.isOperator(',')) break;
      isTuple = true;
      this.next();
    }
    if (!isTuple && items.length === 1) return items[0] as Expr;
    if (items.length === 0 && !empty) this.fail(this.expected('an expression'));
    while (isTuple && !this.#tupleEnds() && !isEnd()) {
      items.push(this.expression(withCondition));
      if (!this.skipOperator(',')) break;
    }
    return { kind: 'tuple', items, ...this.span(start) };
  }

  #tupleEnds(): boolean {
    const { type } = this.current;
    return type === 'variable_end' || type === 'block_end' || type === 'eof' || this.isOperator(')');
  }

  #list(): Expr {
    const start = this.next();
    const items: Expr[] = [];
    while (!this.isOperator(']')) {
      if (items.length > 0) this.expectOperator(',');
      if (this.isOperator(']')) break;
      items.push(this.expression());
    }
    this.expectOperator(']');
    return { kind: 'list', items, ...this.span(start) };
  }

  #dict(): Expr {
    const start = this.next();
    const pairs: [Expr, Expr][] = [];
    while (!this.isOperator('}')) {
      if (pairs.length > 0) this.expectOperator(',');
      if (this.isOperator('}')) break;
      const key = this.expression();
      this.expectOperator(':');
      pairs.push([key, this.expression()]);
    }
    this.expectOperator('}');
    return { kind: 'dict', pairs, ...this.span(start) };
  }

  protected postfix(first: Expr, start: Token): Expr {
    let node = first;
    for (;;) {
      if (this.isOperator('.')) node = this.#dotted(node, start);
      else if (this.isOperator('[')) node = this.#subscript(node, start);
      else if (this.isOperator('(')) node = this.call(node, start);
      else return node;
    }
  }

  #dotted(of: Expr, start: Token): Expr {
    this.next();
    const token = this.current;
    if (token.type === 'name') {
      this.next();
      return { kind: 'attribute', of, name: token.text, ...this.span(start) };
    }
    if (token.type !== 'integer') this.fail(this.expected('name or number'));
    this.next();
    const key: Expr = { kind: 'const', value: token.value ?? null, ...this.span(token) };
    return { kind: 'item', of, key, ...this.span(start) };
  }

  #subscript(of: Expr, start: Token): Expr {
    const bracket = this.next();
    const keys: Expr[] = [];
    while (!this.isOperator(']')) {
      if (keys.length > 0) this.expectOperator(',');
      keys.push(this.#subscripted());
    }
    if (keys.length === 0) this.fail('expected an index or a key');
    this.next();
    const key: Expr = keys.length === 1 ? (keys[0] as Expr) : { kind: 'tuple', items: keys, ...this.span(bracket) };
    return { kind: 'item', of, key, ...this.span(start) };
  }

  #subscripted(): Expr {
    const start = this.current;
    let first: Expr | undefined;
    if (!this.isOperator(':')) {
      first = this.expression();
      if (!this.isOperator(':')) return first;
    }
    const bounds: (Expr | undefined)[] = [];
    while (this.skipOperator(':')) bounds.push(this.isOperator(':') || this.isOperator(']') || this.isOperator(',') ? undefined : this.expression());
    if (bounds.length > 2) this.fail("expected ']'");
    return { kind: 'slice', start: first, stop: bounds[0], step: bounds[1], ...this.span(start) };
  }

  protected call(callee: Expr, start: Token): Expr {
    const args = this.#arguments();
    if (callee.kind === 'name' && LOOKUP_FUNCTIONS.has(callee.name)) this.#checkLookup(args);
    return { kind: 'call', callee, args, ...this.span(start) };
  }

  #checkLookup({ positional }: Arguments): void {
    const [name] = positional;
    if (name?.kind !== 'const' || typeof name.value !== 'string' || isLookup(name.value)) return;
    const { message, code } = unknownLookup(name.value);
    this.fail(message, name, undefined, code);
  }

  #arguments(): Arguments {
    this.expectOperator('(');
    const positional: Expr[] = [];
    const named: { name: string; value: Expr; offset: number }[] = [];
    let rest: Expr | undefined;
    let restNamed: Expr | undefined;
    for (let first = true; !this.isOperator(')'); first = false) {
      if (!first) {
        this.expectOperator(',');
        if (this.isOperator(')')) break;
      }
      const token = this.current;
      const following = this.look();
      if (this.isOperator('**')) {
        this.next();
        if (restNamed !== undefined) this.fail('invalid syntax for function call expression', token);
        restNamed = this.expression();
      } else if (this.isOperator('*')) {
        this.next();
        if (rest !== undefined || restNamed !== undefined) this.fail('invalid syntax for function call expression', token);
        rest = this.expression();
      } else if (token.type === 'name' && following.type === 'operator' && following.text === '=') {
        if (restNamed !== undefined) this.fail('invalid syntax for function call expression', token);
        this.next();
        this.next();
        named.push({ name: token.text, value: this.expression(), offset: token.offset });
      } else {
        if (rest !== undefined || restNamed !== undefined || named.length > 0) this.fail('a positional argument cannot follow a named one', token);
        positional.push(this.expression());
      }
    }
    this.expectOperator(')');
    return { positional, named, ...(rest === undefined ? {} : { rest }), ...(restNamed === undefined ? {} : { restNamed }) };
  }

  #filters(first: Expr, start: Token): Expr {
    let node = first;
    for (;;) {
      if (this.isOperator('|')) node = this.filter(node);
      else if (this.isName('is')) node = this.#test(node, start);
      else if (this.isOperator('(')) node = this.call(node, start);
      else return node;
    }
  }

  /** One or, in `{% filter a | b %}`, several filters. */
  protected filter(of: Expr | undefined, bare = false): Expr {
    let node = of;
    let isBare = bare;
    while (isBare || this.isOperator('|')) {
      if (!isBare) this.next();
      isBare = false;
      const token = this.current;
      const name = this.#dottedName();
      const at = this.span(token);
      if (!isFilter(name)) {
        const { message, code } = unknownFilter(name);
        this.fail(message, at, undefined, code);
      }
      const args: Arguments = this.isOperator('(') ? this.#arguments() : NO_ARGUMENTS;
      node = { kind: 'filter', of: node, name, args, ...this.span(token) };
      if (!bare) break;
    }
    return node as Expr;
  }

  #dottedName(): string {
    let name = this.expectName().text;
    while (this.skipOperator('.')) name += `.${this.expectName().text}`;
    return name;
  }

  #test(of: Expr, start: Token): Expr {
    this.next();
    const negated = this.skipName('not');
    const token = this.current;
    const name = this.#dottedName();
    const at = this.span(token);
    if (!isTest(name)) {
      const { message, code } = unknownTest(name);
      this.fail(message, at, undefined, code);
    }
    const args = this.isOperator('(') ? this.#arguments() : this.#testOperand();
    return { kind: 'test', of, name, args, negated, ...this.span(start) };
  }

  /** The one argument a test may take without brackets. */
  #testOperand(): Arguments {
    const token = this.current;
    const begins =
      token.type === 'name' ||
      token.type === 'string' ||
      token.type === 'integer' ||
      token.type === 'float' ||
      this.isOperator('(') ||
      this.isOperator('[') ||
      this.isOperator('{');
    if (!begins || this.isName('else') || this.isName('or') || this.isName('and')) return NO_ARGUMENTS;
    if (this.isName('if')) this.fail("unexpected 'if' behind a test", token, 'Jinja takes what follows a test for its argument: put brackets around the test');
    if (this.isName('is')) this.fail('You cannot chain multiple tests with is');
    return { positional: [this.postfix(this.primary(), token)], named: [] };
  }
}

const LOOKUP_FUNCTIONS = new Set(['lookup', 'query', 'q']);
const NO_ARGUMENTS: Arguments = { positional: [], named: [] };
