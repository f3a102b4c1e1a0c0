import { float } from '../value.ts';
import type { CompileOptions } from './api.ts';
import { syntaxError, type Unit } from './errors.ts';
import { readEscapes } from './python/escape.ts';
import { parseInteger } from './python/number.ts';
import type { Value } from './values.ts';

export type TokenType = 'data' | 'block_begin' | 'block_end' | 'variable_begin' | 'variable_end' | 'name' | 'string' | 'integer' | 'float' | 'operator' | 'eof';

export interface Token {
  readonly type: TokenType;
  /** The name, the operator or the data. */
  readonly text: string;
  /** Value of a literal. */
  readonly value?: Value;
  /** Value of a string whose backslashes stay, as Ansible reads those within `{{ }}` of a playbook. */
  readonly raw?: string;
  readonly offset: number;
  readonly length: number;
}

export type Syntax = Required<CompileOptions>;

export const DEFAULT_SYNTAX: Syntax = {
  trimBlocks: true,
  lstripBlocks: false,
  keepTrailingNewline: false,
  newline: '\n',
  variableStart: '{{',
  variableEnd: '}}',
  blockStart: '{%',
  blockEnd: '%}',
  commentStart: '{#',
  commentEnd: '#}',
};

const SPACE = /\s+/y;
const FLOAT = /(?<!\.)(?:\d+_)*\d+(?:(?:\.(?:\d+_)*\d+)?[eE][+-]?(?:\d+_)*\d+|\.(?:\d+_)*\d+)/y;
const INTEGER = /0[bB](?:_?[01])+|0[oO](?:_?[0-7])+|0[xX](?:_?[\da-fA-F])+|[1-9](?:_?\d)*|0(?:_?0)*/y;
const NAME = /[\p{L}\p{Nl}_][\p{L}\p{Nl}\p{Mn}\p{Mc}\p{Nd}\p{Pc}]*/uy;
const STRING = /'[^'\\]*(?:\\[\s\S][^'\\]*)*'|"[^"\\]*(?:\\[\s\S][^"\\]*)*"/y;
const OPERATOR = /\/\/|\*\*|==|!=|>=|<=|[-+/*%~[\](){}><=.:|,;]/y;
const CLOSES: Record<string, string> = { ')': '(', ']': '[', '}': '{' };

const escapeRegex = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');

interface Patterns {
  readonly start: RegExp;
  readonly blockEnd: RegExp;
  readonly variableEnd: RegExp;
  readonly commentEnd: RegExp;
  readonly rawEnd: RegExp;
}
const patternCache = new Map<string, Patterns>();

function patternsOf(syntax: Syntax): Patterns {
  const key = JSON.stringify(syntax);
  let patterns = patternCache.get(key);
  if (patterns === undefined) {
    patterns = makePatterns(syntax);
    patternCache.set(key, patterns);
  }
  return patterns;
}

function makePatterns(syntax: Syntax): Patterns {
  const [block, blockEnd] = [escapeRegex(syntax.blockStart), escapeRegex(syntax.blockEnd)];
  const trim = syntax.trimBlocks ? '\\n?' : '';
  const starts = [
    ['comment', syntax.commentStart],
    ['block', syntax.blockStart],
    ['variable', syntax.variableStart],
  ] as const;
  // the longest first, so that delimiters which begin alike are told apart
  const tags = [...starts].sort((a, b) => b[1].length - a[1].length).map(([name, text]) => `(?<${name}>${escapeRegex(text)}(?<${name}_sign>[-+]?))`);
  const raw = `(?<raw>${block}(?<raw_sign>[-+]?)\\s*raw\\s*(?:-${blockEnd}\\s*|${blockEnd}))`;
  return {
    start: new RegExp([raw, ...tags].join('|'), 'g'),
    blockEnd: new RegExp(`\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${trim}`, 'y'),
    variableEnd: new RegExp(`-${escapeRegex(syntax.variableEnd)}\\s*|${escapeRegex(syntax.variableEnd)}`, 'y'),
    commentEnd: new RegExp(`\\+${escapeRegex(syntax.commentEnd)}|-${escapeRegex(syntax.commentEnd)}\\s*|${escapeRegex(syntax.commentEnd)}${trim}`, 'g'),
    rawEnd: new RegExp(`${block}(?<sign>[-+]?)\\s*endraw\\s*(?:\\+${blockEnd}|-${blockEnd}\\s*|${blockEnd}${trim})`, 'g'),
  };
}

/** Splits a template into tokens. */
export class Lexer {
  readonly #unit: Unit;
  readonly #text: string;
  readonly #shift: number;
  readonly #syntax: Syntax;
  readonly #patterns: Patterns;
  readonly #tokens: Token[] = [];
  #pos = 0;
  /** Whether what was read last ended a line. */
  #lineStarts = true;

  /** `start` is where the template begins in the unit's text (behind a `#jinja2:` line). */
  constructor(unit: Unit, syntax: Syntax, start = 0) {
    this.#unit = unit;
    this.#syntax = syntax;
    this.#patterns = patternsOf(syntax);
    this.#shift = start;
    const text = start === 0 ? unit.text : unit.text.slice(start);
    this.#text = syntax.keepTrailingNewline ? text : text.replace(/(?:\r\n|\r|\n)$/, '');
  }

  /** All tokens of a template, `eof` last. */
  template(): Token[] {
    while (this.#pos < this.#text.length) this.#root();
    return this.#finish();
  }

  /** All tokens of a bare expression, `eof` last. */
  expression(): Token[] {
    this.#inside(undefined, []);
    return this.#finish();
  }

  #finish(): Token[] {
    this.#push('eof', '', this.#text.length, 0);
    return this.#tokens;
  }

  #push(type: TokenType, text: string, offset: number, length: number, more: { value?: Value; raw?: string } = {}): void {
    this.#tokens.push({ type, text, offset: offset + this.#shift, length, ...more });
  }

  #fail(message: string, offset: number, length = 1, hint?: string): never {
    throw syntaxError(this.#unit, offset + this.#shift, length, message, hint);
  }

  #root(): void {
    const { start } = this.#patterns;
    start.lastIndex = this.#pos;
    const match = start.exec(this.#text);
    if (match === null) {
      this.#data(this.#text.slice(this.#pos), this.#pos);
      this.#pos = this.#text.length;
      return;
    }
    const groups = match.groups as Record<string, string | undefined>;
    const sign = groups.raw_sign ?? groups.comment_sign ?? groups.block_sign ?? groups.variable_sign ?? '';
    this.#data(this.#stripped(this.#text.slice(this.#pos, match.index), sign, groups.variable !== undefined), this.#pos);
    this.#pos = match.index + match[0].length;
    this.#lineStarts = match[0].endsWith('\n');
    // Jinja looks for the end of neither when the text ends right there
    if (this.#pos === this.#text.length && (groups.raw ?? groups.comment) !== undefined) return;
    if (groups.raw !== undefined) this.#raw(match.index);
    else if (groups.comment !== undefined) this.#comment(match.index);
    else {
      const kind = groups.block !== undefined ? 'block' : 'variable';
      this.#push(`${kind}_begin`, match[0], match.index, match[0].length);
      this.#inside(kind, [], match.index);
    }
  }

  /** The text before a tag, without the white space that the tag's sign or `lstrip_blocks` takes away. */
  #stripped(data: string, sign: string, isVariable: boolean): string {
    if (sign === '-') return data.trimEnd();
    if (sign === '+' || !this.#syntax.lstripBlocks || isVariable) return data;
    const line = data.lastIndexOf('\n') + 1;
    return (line > 0 || this.#lineStarts) && /^\s+$/.test(data.slice(line)) ? data.slice(0, line) : data;
  }

  #data(data: string, offset: number): void {
    if (data === '') return;
    this.#push('data', data.replace(/\r\n|\r|\n/g, this.#syntax.newline), offset, data.length);
  }

  #comment(begin: number): void {
    const { commentEnd } = this.#patterns;
    commentEnd.lastIndex = this.#pos;
    const end = commentEnd.exec(this.#text);
    if (end === null) this.#fail('Missing end of comment tag', begin, 2, `Close the comment with ${this.#syntax.commentEnd}`);
    this.#pos = end.index + end[0].length;
    this.#lineStarts = end[0].endsWith('\n');
  }

  #raw(begin: number): void {
    const { rawEnd } = this.#patterns;
    rawEnd.lastIndex = this.#pos;
    const end = rawEnd.exec(this.#text);
    if (end === null) this.#fail('Missing end of raw directive', begin, 2, `Close it with ${this.#syntax.blockStart} endraw ${this.#syntax.blockEnd}`);
    this.#data(this.#stripped(this.#text.slice(this.#pos, end.index), end.groups?.sign ?? '', false), this.#pos);
    this.#pos = end.index + end[0].length;
    this.#lineStarts = end[0].endsWith('\n');
  }

  /** Tokens of a tag up to its end, or of an expression up to the end of the text. */
  #inside(kind: 'block' | 'variable' | undefined, open: { text: string; offset: number }[], begin = 0): void {
    while (this.#pos < this.#text.length) {
      if (open.length === 0 && kind !== undefined && this.#closes(kind)) return;
      if (this.#match(SPACE) !== undefined) continue;
      this.#token(open);
    }
    if (open.length > 0) {
      const last = open[open.length - 1] as { text: string; offset: number };
      this.#fail(`'${last.text}' was never closed`, last.offset);
    }
    if (kind !== undefined) {
      const end = kind === 'block' ? this.#syntax.blockEnd : this.#syntax.variableEnd;
      this.#fail(`unexpected end of template, expected '${end}'`, begin, 2, `The tag that begins here is never closed with ${end}`);
    }
  }

  #closes(kind: 'block' | 'variable'): boolean {
    const offset = this.#pos;
    const end = this.#match(kind === 'block' ? this.#patterns.blockEnd : this.#patterns.variableEnd);
    if (end === undefined) return false;
    this.#push(`${kind}_end`, end.trim(), offset, end.trim().length);
    this.#lineStarts = end.endsWith('\n');
    return true;
  }

  #match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.#pos;
    const match = pattern.exec(this.#text);
    if (match === null) return undefined;
    this.#pos += match[0].length;
    return match[0];
  }

  #token(open: { text: string; offset: number }[]): void {
    const offset = this.#pos;
    if (this.#literal(offset)) return;
    const name = this.#match(NAME);
    if (name !== undefined) {
      this.#push('name', name, offset, name.length);
      return;
    }
    const text = this.#match(OPERATOR);
    if (text === undefined) this.#unexpected(offset);
    this.#balance(text, offset, open);
    this.#push('operator', text, offset, text.length);
  }

  #literal(offset: number): boolean {
    const real = this.#match(FLOAT);
    const whole = real ?? this.#match(INTEGER);
    if (real !== undefined) this.#push('float', real, offset, real.length, { value: float(Number(real.replaceAll('_', ''))) });
    else if (whole !== undefined) this.#push('integer', whole, offset, whole.length, { value: parseInteger(whole, 0) ?? 0 });
    if (whole !== undefined) return true;
    const text = this.#match(STRING);
    if (text !== undefined) this.#string(text, offset);
    return text !== undefined;
  }

  #unexpected(offset: number): never {
    const char = String.fromCodePoint(this.#text.codePointAt(offset) as number);
    if (char === '"' || char === "'") this.#fail(`the text that begins with ${char} is never closed`, offset);
    this.#fail(`unexpected char ${JSON.stringify(char)}`, offset);
  }

  #string(text: string, offset: number): void {
    const body = text.slice(1, -1).replace(/\r\n|\r|\n/g, this.#syntax.newline);
    const raw = body.replace(/\\(['"])/g, '$1');
    const value = readEscapes(body);
    if (typeof value !== 'string') this.#fail(value.problem, offset + 1 + value.offset, 2);
    this.#push('string', text, offset, text.length, { value, raw });
  }

  #balance(text: string, offset: number, open: { text: string; offset: number }[]): void {
    if (text === '(' || text === '[' || text === '{') open.push({ text, offset });
    const opens = CLOSES[text];
    if (opens === undefined) return;
    const last = open.pop();
    if (last === undefined) this.#fail(`unexpected '${text}'`, offset);
    if (last.text !== opens) this.#fail(`unexpected '${text}', expected '${Object.keys(CLOSES).find((close) => CLOSES[close] === last.text)}'`, offset);
  }
}
