import { syntaxError, type Unit } from './errors.ts';
import type { Token } from './lexer.ts';
import { LIMITS } from './python/limits.ts';

/** Walks over tokens; says what it expected when it meets something else. */
export class TokenCursor {
  protected readonly unit: Unit;
  readonly #tokens: readonly Token[];
  #index = 0;
  #depth = 0;

  constructor(unit: Unit, tokens: readonly Token[]) {
    this.unit = unit;
    this.#tokens = tokens;
  }

  get current(): Token {
    return this.#tokens[this.#index] as Token;
  }
  protected look(ahead = 1): Token {
    return this.#tokens[Math.min(this.#index + ahead, this.#tokens.length - 1)] as Token;
  }
  protected next(): Token {
    const token = this.current;
    if (token.type !== 'eof') this.#index++;
    return token;
  }

  fail(message: string, at: { offset: number; length: number } = this.current, hint?: string, code?: string): never {
    throw syntaxError(this.unit, at.offset, at.length, message, hint, code);
  }

  protected isOperator(text: string): boolean {
    return this.current.type === 'operator' && this.current.text === text;
  }
  protected isName(text: string): boolean {
    return this.current.type === 'name' && this.current.text === text;
  }
  protected skipOperator(text: string): boolean {
    if (!this.isOperator(text)) return false;
    this.next();
    return true;
  }
  protected skipName(text: string): boolean {
    if (!this.isName(text)) return false;
    this.next();
    return true;
  }
  protected expectOperator(text: string): Token {
    if (!this.isOperator(text)) this.fail(this.expected(`token '${text}'`));
    return this.next();
  }
  protected expectName(what = 'a name'): Token {
    if (this.current.type !== 'name') this.fail(this.expected(what));
    return this.next();
  }
  protected expected(what: string): string {
    return this.current.type === 'eof' ? `unexpected end of template, expected ${what}` : `expected ${what}, got ${describe(this.current)}`;
  }

  /** Where the tokens since `start` stand. */
  protected span(start: { readonly offset: number }): { offset: number; length: number } {
    const last = this.#tokens[Math.max(0, this.#index - 1)] as Token;
    return { offset: start.offset, length: Math.max(1, last.offset + last.length - start.offset) };
  }

  /** Reads something one level deeper; fails beyond the limit. */
  protected deeper<T>(read: () => T): T {
    if (++this.#depth > LIMITS.nesting) this.fail(`the expression is nested more than ${LIMITS.nesting} deep`);
    const result = read();
    this.#depth--;
    return result;
  }
}

/** A token in words. */
export function describe(token: Token): string {
  switch (token.type) {
    case 'eof':
      return 'end of template';
    case 'variable_end':
    case 'block_end':
      return `'${token.text}'`;
    case 'data':
      return 'template text';
    default:
      return `'${token.text}'`;
  }
}
