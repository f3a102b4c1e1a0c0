import { type Data, float, Tuple } from '../../value.ts';
import { PyError, type Value } from '../values.ts';
import { dictSet } from './compare.ts';
import { readEscapes } from './escape.ts';
import { parseInteger } from './number.ts';

const MAX_DEPTH = 180;
const NUMBER = /(?:0[xX][\da-fA-F_]+|0[oO][0-7_]+|0[bB][01_]+|(?:\d[\d_]*)?\.?\d[\d_]*\.?(?:[eE][+-]?\d[\d_]*)?)/y;
const STRING =
  /(?<prefix>[rRuU]?)(?:'''(?<a>(?:[^\\]|\\[\s\S])*?)'''|"""(?<b>(?:[^\\]|\\[\s\S])*?)"""|'(?<c>(?:[^'\\\n]|\\[\s\S])*)'|"(?<d>(?:[^"\\\n]|\\[\s\S])*)")/y;
const WORD = /[A-Za-z_]\w*/y;
const BLANK = /(?:[ \t\f]|\\\n)+|#[^\n]*/y;
const WORDS: Readonly<Record<string, Data>> = { True: true, False: false, None: null, true: true, false: false, null: null };

/**
 * What Ansible makes of a result that looks like a list, a dict or a boolean: Python's `ast.literal_eval`, with the words of
 * JSON allowed. `undefined` when the text is no such literal (it then stays text).
 */
export function literalEval(text: string): Data | undefined {
  try {
    const reader = new LiteralReader(text);
    return reader.whole();
  } catch (error) {
    if (error instanceof NotLiteral || error instanceof PyError) return undefined;
    throw error;
  }
}

class NotLiteral extends Error {}

class LiteralReader {
  readonly #text: string;
  #pos = 0;
  #depth = 0;
  constructor(text: string) {
    this.#text = text;
  }

  whole(): Data {
    const first = this.#value();
    const members = [first];
    while (this.#skip(',')) {
      this.#blank();
      if (/^\s*$/.test(this.#text.slice(this.#pos))) break;
      members.push(this.#value());
    }
    const isTuple = members.length > 1 || /,\s*$/.test(this.#text.slice(0, this.#pos));
    this.#blank(true);
    // a last line of blanks alone is an indentation without anything behind it
    if (this.#pos < this.#text.length || /[\n\r][ \t]+$/.test(this.#text)) throw new NotLiteral();
    return isTuple ? (Tuple.from(members) as Data[]) : first;
  }

  /** Skips blanks; line ends too within brackets and at the end. */
  #blank(lines = this.#depth > 0): void {
    for (;;) {
      BLANK.lastIndex = this.#pos;
      const match = BLANK.exec(this.#text);
      if (match !== null) this.#pos += match[0].length;
      else if (lines && /[\n\r]/.test(this.#text[this.#pos] ?? '')) this.#pos++;
      else return;
    }
  }

  #match(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#pos;
    const match = pattern.exec(this.#text);
    if (match === null || match[0] === '') return undefined;
    this.#pos += match[0].length;
    return match;
  }

  #skip(char: string): boolean {
    this.#blank();
    if (this.#text[this.#pos] !== char) return false;
    this.#pos++;
    return true;
  }

  #value(): Data {
    this.#blank();
    const char = this.#text[this.#pos] ?? '';
    if (char === '[') return this.#list();
    if (char === '{') return this.#dict();
    if (char === '(') return this.#parenthesised();
    if (char === '-' || char === '+') return this.#signed();
    const string = this.#string();
    if (string !== undefined) return string;
    if (/[\d.]/.test(char)) return this.#number();
    const word = this.#match(WORD)?.[0] ?? '';
    const known = Object.hasOwn(WORDS, word) ? WORDS[word] : undefined;
    if (known === undefined) throw new NotLiteral();
    return known;
  }

  #string(): string | undefined {
    let result: string | undefined;
    for (;;) {
      const match = this.#match(STRING);
      if (match === undefined) return result;
      const { prefix, a, b, c, d } = match.groups as Record<string, string | undefined>;
      const body = (a ?? b ?? c ?? d) as string;
      const value = prefix?.toLowerCase() === 'r' || !body.includes('\\') ? body : readEscapes(body);
      if (typeof value !== 'string') throw new NotLiteral();
      result = (result ?? '') + value;
      this.#blank();
    }
  }

  #number(): Data {
    const text = this.#match(NUMBER)?.[0] ?? '';
    if (/[jJ\w.]/.test(this.#text[this.#pos] ?? '')) throw new NotLiteral();
    const whole = parseInteger(text, 0);
    if (whole !== undefined) return whole;
    if (!/^(?:\d+(_\d+)*)?\.?(?:\d+(_\d+)*)?(?:[eE][+-]?\d+(_\d+)*)?$/.test(text) || !/[.eE]/.test(text)) throw new NotLiteral();
    return float(Number(text.replaceAll('_', '')));
  }

  #signed(): Data {
    const sign = this.#text[this.#pos++];
    this.#blank();
    if (!/[\d.]/.test(this.#text[this.#pos] ?? '')) throw new NotLiteral();
    const value = this.#number();
    if (sign === '+') return value;
    if (typeof value === 'bigint') return -value;
    return typeof value === 'number' ? 0 - value : float(-Number(value));
  }

  #members(close: string): Data[] {
    if (++this.#depth > MAX_DEPTH) throw new NotLiteral();
    this.#pos++;
    const members: Data[] = [];
    while (!this.#skip(close)) {
      members.push(this.#value());
      if (this.#skip(',')) continue;
      if (!this.#skip(close)) throw new NotLiteral();
      break;
    }
    this.#depth--;
    return members;
  }

  #list(): Data {
    return this.#members(']');
  }

  #parenthesised(): Data {
    const start = this.#pos;
    const members = this.#members(')');
    const body = this.#text.slice(start, this.#pos);
    if (members.length === 1 && !/,\s*\)$/.test(body)) return members[0] as Data;
    return Tuple.from(members) as Data[];
  }

  #dict(): Data {
    if (++this.#depth > MAX_DEPTH) throw new NotLiteral();
    this.#pos++;
    const dict = new Map<Data, Data>();
    while (!this.#skip('}')) {
      const key = this.#value();
      if (!this.#skip(':')) throw new NotLiteral();
      dictSet(dict as Map<Value, Value>, key as Value, this.#value() as Value);
      if (this.#skip(',')) continue;
      if (!this.#skip('}')) throw new NotLiteral();
      break;
    }
    this.#depth--;
    return dict;
  }
}
